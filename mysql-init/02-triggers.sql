-- A captured row never changes its primary key. Debezium sends such a change as a delete and a create that share one
-- offset: a failure between the two loses the new row for good. Delete the row and insert it again instead.
USE shop;

DELIMITER $$

CREATE TRIGGER customers_keep_key BEFORE UPDATE ON customers FOR EACH ROW
IF NEW.id <> OLD.id THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'customers.id never changes: DELETE the row and INSERT it again';
END IF$$

CREATE TRIGGER products_keep_key BEFORE UPDATE ON products FOR EACH ROW
IF NEW.id <> OLD.id THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'products.id never changes: DELETE the row and INSERT it again';
END IF$$

CREATE TRIGGER orders_keep_key BEFORE UPDATE ON orders FOR EACH ROW
IF NEW.id <> OLD.id THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'orders.id never changes: DELETE the order and INSERT it again';
END IF$$

CREATE TRIGGER order_items_keep_key BEFORE UPDATE ON order_items FOR EACH ROW
IF NEW.order_id <> OLD.order_id OR NEW.line_no <> OLD.line_no THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT =
    'order_items.order_id and line_no never change: to move a line, DELETE it and INSERT it again';
END IF$$

CREATE TRIGGER order_ticks_keep_key BEFORE UPDATE ON order_ticks FOR EACH ROW
IF NEW.slot <> OLD.slot THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'order_ticks.slot never changes: it names a partition';
END IF$$

-- Ids travel as signed 64-bit numbers. A CHECK may not name an AUTO_INCREMENT column, so a trigger refuses bigger ones.
CREATE TRIGGER orders_id_is_a_long BEFORE INSERT ON orders FOR EACH ROW
IF NEW.id > 9223372036854775807 THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'orders.id must not exceed 9223372036854775807: leave it to AUTO_INCREMENT';
END IF$$

-- A change that the binlog does not hold as a row is lost to everybody who reads the shop's stream: a session that has
-- switched its logging off, or to statements, is refused. (A row image that is not FULL arrives by a new snapshot.)
CREATE TRIGGER customers_logged_insert BEFORE INSERT ON customers FOR EACH ROW
IF @@SESSION.sql_log_bin = 0 OR @@SESSION.binlog_format <> 'ROW' THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'customers: only rows in the binlog are captured: sql_log_bin = 1, binlog_format = ROW';
END IF$$

CREATE TRIGGER customers_logged_update BEFORE UPDATE ON customers FOR EACH ROW
IF @@SESSION.sql_log_bin = 0 OR @@SESSION.binlog_format <> 'ROW' THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'customers: only rows in the binlog are captured: sql_log_bin = 1, binlog_format = ROW';
END IF$$

CREATE TRIGGER customers_logged_delete BEFORE DELETE ON customers FOR EACH ROW
IF @@SESSION.sql_log_bin = 0 OR @@SESSION.binlog_format <> 'ROW' THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'customers: only rows in the binlog are captured: sql_log_bin = 1, binlog_format = ROW';
END IF$$

CREATE TRIGGER products_logged_insert BEFORE INSERT ON products FOR EACH ROW
IF @@SESSION.sql_log_bin = 0 OR @@SESSION.binlog_format <> 'ROW' THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'products: only rows in the binlog are captured: sql_log_bin = 1, binlog_format = ROW';
END IF$$

CREATE TRIGGER products_logged_update BEFORE UPDATE ON products FOR EACH ROW
IF @@SESSION.sql_log_bin = 0 OR @@SESSION.binlog_format <> 'ROW' THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'products: only rows in the binlog are captured: sql_log_bin = 1, binlog_format = ROW';
END IF$$

CREATE TRIGGER products_logged_delete BEFORE DELETE ON products FOR EACH ROW
IF @@SESSION.sql_log_bin = 0 OR @@SESSION.binlog_format <> 'ROW' THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'products: only rows in the binlog are captured: sql_log_bin = 1, binlog_format = ROW';
END IF$$

CREATE TRIGGER orders_logged_insert BEFORE INSERT ON orders FOR EACH ROW
IF @@SESSION.sql_log_bin = 0 OR @@SESSION.binlog_format <> 'ROW' THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'orders: only rows in the binlog are captured: sql_log_bin = 1, binlog_format = ROW';
END IF$$

CREATE TRIGGER orders_logged_update BEFORE UPDATE ON orders FOR EACH ROW
IF @@SESSION.sql_log_bin = 0 OR @@SESSION.binlog_format <> 'ROW' THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'orders: only rows in the binlog are captured: sql_log_bin = 1, binlog_format = ROW';
END IF$$

CREATE TRIGGER orders_logged_delete BEFORE DELETE ON orders FOR EACH ROW
IF @@SESSION.sql_log_bin = 0 OR @@SESSION.binlog_format <> 'ROW' THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'orders: only rows in the binlog are captured: sql_log_bin = 1, binlog_format = ROW';
END IF$$

CREATE TRIGGER order_items_logged_insert BEFORE INSERT ON order_items FOR EACH ROW
IF @@SESSION.sql_log_bin = 0 OR @@SESSION.binlog_format <> 'ROW' THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'order_items: only rows in the binlog are captured: sql_log_bin = 1, binlog_format = ROW';
END IF$$

CREATE TRIGGER order_items_logged_update BEFORE UPDATE ON order_items FOR EACH ROW
IF @@SESSION.sql_log_bin = 0 OR @@SESSION.binlog_format <> 'ROW' THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'order_items: only rows in the binlog are captured: sql_log_bin = 1, binlog_format = ROW';
END IF$$

CREATE TRIGGER order_items_logged_delete BEFORE DELETE ON order_items FOR EACH ROW
IF @@SESSION.sql_log_bin = 0 OR @@SESSION.binlog_format <> 'ROW' THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'order_items: only rows in the binlog are captured: sql_log_bin = 1, binlog_format = ROW';
END IF$$

DELIMITER ;
