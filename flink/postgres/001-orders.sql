-- One row per order document, written by Flink; order_items is derived from it and has no other writer.
CREATE TABLE orders (
  order_id          bigint PRIMARY KEY,
  customer_id       bigint,
  customer_name     text,
  customer_city     text,
  customer_country  text,
  customer_tier     text,
  status            text,
  currency          text,
  items_total       numeric(18, 2),
  shipping_fee      numeric(18, 2),
  discount          numeric(18, 2),
  total_amount      numeric(18, 2),
  delivery_address  text,
  delivery_city     text,
  ordered_at        timestamptz,
  updated_at        timestamptz,
  lines             jsonb NOT NULL,
  complete          boolean NOT NULL,
  incomplete_reason text,
  version           bigint NOT NULL,
  stored_at         timestamptz NOT NULL
) WITH (fillfactor = 80);

CREATE TABLE order_items (
  order_id     bigint NOT NULL,
  line_no      integer NOT NULL,
  product_id   bigint NOT NULL,
  product_sku  text,
  product_name text,
  category     text,
  quantity     integer NOT NULL,
  unit_price   numeric(14, 2) NOT NULL,
  line_total   numeric(28, 2) NOT NULL,
  PRIMARY KEY (order_id, line_no)
);

-- The rows of one order's lines.
CREATE FUNCTION lines_of(id bigint, lines jsonb)
RETURNS TABLE (
  order_id bigint, line_no integer, product_id bigint, product_sku text, product_name text, category text,
  quantity integer, unit_price numeric, line_total numeric
) LANGUAGE sql IMMUTABLE AS $$
  SELECT id, l.line_no, (l.product ->> 'id')::bigint, l.product ->> 'sku', l.product ->> 'name',
         l.product ->> 'category', l.quantity, l.unit_price, l.line_total
  FROM jsonb_to_recordset(lines)
    AS l(line_no integer, product jsonb, quantity integer, unit_price numeric(14, 2), line_total numeric(28, 2))
$$;

CREATE FUNCTION refuse_older() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RETURN NULL;
END $$;

CREATE FUNCTION stamp_stored() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.stored_at := clock_timestamp();
  RETURN NEW;
END $$;

-- Row triggers run in the order of their names.
CREATE TRIGGER a_refuse_older BEFORE UPDATE ON orders
  FOR EACH ROW WHEN (NEW.version < OLD.version) EXECUTE FUNCTION refuse_older();
CREATE TRIGGER b_stamp_stored BEFORE INSERT OR UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION stamp_stored();

-- SECURITY DEFINER: the writer may change orders, and lines only through them.
CREATE FUNCTION add_items() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO order_items SELECT l.* FROM new_orders n CROSS JOIN LATERAL lines_of(n.order_id, n.lines) l;
  RETURN NULL;
END $$;

-- EXCEPT keeps this O(n log n) for 20,000 lines whatever the planner believes about row counts.
CREATE FUNCTION change_items() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM new_orders n JOIN old_orders o USING (order_id) WHERE n.lines <> o.lines) THEN
    RETURN NULL;
  END IF;
  WITH gone AS (
    SELECT l.order_id, l.line_no
    FROM old_orders o JOIN new_orders n USING (order_id) CROSS JOIN LATERAL lines_of(o.order_id, o.lines) l
    WHERE n.lines <> o.lines
    EXCEPT
    SELECT l.order_id, l.line_no FROM new_orders n CROSS JOIN LATERAL lines_of(n.order_id, n.lines) l
  )
  DELETE FROM order_items i USING gone g WHERE i.order_id = g.order_id AND i.line_no = g.line_no;
  INSERT INTO order_items
    SELECT l.*
    FROM new_orders n JOIN old_orders o USING (order_id) CROSS JOIN LATERAL lines_of(n.order_id, n.lines) l
    WHERE n.lines <> o.lines
    EXCEPT
    SELECT l.* FROM old_orders o CROSS JOIN LATERAL lines_of(o.order_id, o.lines) l
  ON CONFLICT (order_id, line_no) DO UPDATE SET
    product_id = EXCLUDED.product_id, product_sku = EXCLUDED.product_sku, product_name = EXCLUDED.product_name,
    category = EXCLUDED.category, quantity = EXCLUDED.quantity, unit_price = EXCLUDED.unit_price,
    line_total = EXCLUDED.line_total;
  RETURN NULL;
END $$;

CREATE FUNCTION drop_items() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM order_items i USING old_orders o WHERE i.order_id = o.order_id;
  RETURN NULL;
END $$;

CREATE FUNCTION empty_items() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  TRUNCATE order_items;
  RETURN NULL;
END $$;

CREATE TRIGGER add_items AFTER INSERT ON orders REFERENCING NEW TABLE AS new_orders
  FOR EACH STATEMENT EXECUTE FUNCTION add_items();
CREATE TRIGGER change_items AFTER UPDATE ON orders REFERENCING OLD TABLE AS old_orders NEW TABLE AS new_orders
  FOR EACH STATEMENT EXECUTE FUNCTION change_items();
CREATE TRIGGER drop_items AFTER DELETE ON orders REFERENCING OLD TABLE AS old_orders
  FOR EACH STATEMENT EXECUTE FUNCTION drop_items();
CREATE TRIGGER empty_items AFTER TRUNCATE ON orders
  FOR EACH STATEMENT EXECUTE FUNCTION empty_items();
