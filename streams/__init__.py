"""The Faust worker: from `mysql-orders` to `processed-orders`, `processed-ticks` and `orders-dlq`."""
