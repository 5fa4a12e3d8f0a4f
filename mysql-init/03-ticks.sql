-- The source's own clock: once a second every row changes in one transaction, so each partition of mysql-orders carries
-- the same GTID, in an idle shop too. The slots are those of TICK_SLOTS in orderflow/core/topics.py: the keys that
-- Debezium's hash places on partition 0, 1, 2 and 3.
-- The connector's heartbeat.action.query would not do: it runs only when a binlog event arrives, and a lock on its row
-- stops the capture.
USE shop;

INSERT INTO order_ticks (slot, ticked_at) VALUES (2, NOW(6)), (1, NOW(6)), (4, NOW(6)), (16, NOW(6));

CREATE EVENT order_tick ON SCHEDULE EVERY 1 SECOND ON COMPLETION PRESERVE
  COMMENT 'after a failover, enable it on the new source'
  DO UPDATE shop.order_ticks SET ticked_at = NOW(6);
