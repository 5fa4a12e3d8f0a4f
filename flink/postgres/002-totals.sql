-- Totals of complete orders. Cancelled and refunded orders stand in columns of their own, not in orders and revenue.
-- The rows are few and change with every order: room in the page keeps their updates off the index.
CREATE TABLE order_totals_by_city (
  delivery_city    text,
  currency         text,
  orders           bigint NOT NULL,
  revenue          numeric(38, 2) NOT NULL,
  cancelled_orders bigint NOT NULL,
  cancelled_amount numeric(38, 2) NOT NULL,
  refunded_orders  bigint NOT NULL,
  refunded_amount  numeric(38, 2) NOT NULL,
  PRIMARY KEY (delivery_city, currency)
) WITH (fillfactor = 50);

-- Revenue and amounts are sums of line totals here; an order counts once in each of its categories.
CREATE TABLE order_totals_by_category (
  category         text,
  currency         text,
  orders           bigint NOT NULL,
  units            bigint NOT NULL,
  revenue          numeric(38, 2) NOT NULL,
  cancelled_orders bigint NOT NULL,
  cancelled_units  bigint NOT NULL,
  cancelled_amount numeric(38, 2) NOT NULL,
  refunded_orders  bigint NOT NULL,
  refunded_units   bigint NOT NULL,
  refunded_amount  numeric(38, 2) NOT NULL,
  PRIMARY KEY (category, currency)
) WITH (fillfactor = 50);

-- business_day is the day of ordered_at in BUSINESS_TIME_ZONE.
CREATE TABLE order_totals_by_day (
  business_day     date,
  currency         text,
  orders           bigint NOT NULL,
  revenue          numeric(38, 2) NOT NULL,
  cancelled_orders bigint NOT NULL,
  cancelled_amount numeric(38, 2) NOT NULL,
  refunded_orders  bigint NOT NULL,
  refunded_amount  numeric(38, 2) NOT NULL,
  PRIMARY KEY (business_day, currency)
) WITH (fillfactor = 50);

-- Five minutes of ordered_at each; cancelled and refunded orders are left out.
CREATE TABLE order_windows (
  window_start timestamptz,
  currency     text,
  orders       bigint NOT NULL,
  revenue      numeric(38, 2) NOT NULL,
  customers    bigint NOT NULL,
  PRIMARY KEY (window_start, currency)
) WITH (fillfactor = 50);

-- The rebuild from which the tables grew: Flink's saved state belongs to it, or is of no use (flink/build.py).
CREATE TABLE builds (
  build_id   uuid PRIMARY KEY,
  plan       text NOT NULL,
  topic_id   text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
