-- Line numbers are INT UNSIGNED in MySQL.
ALTER TABLE order_items ALTER COLUMN line_no TYPE bigint;

DROP FUNCTION lines_of(bigint, jsonb);
CREATE FUNCTION lines_of(id bigint, lines jsonb)
RETURNS TABLE (
  order_id bigint, line_no bigint, product_id bigint, product_sku text, product_name text, category text,
  quantity integer, unit_price numeric, line_total numeric
) LANGUAGE sql IMMUTABLE AS $$
  SELECT id, l.line_no, (l.product ->> 'id')::bigint, l.product ->> 'sku', l.product ->> 'name',
         l.product ->> 'category', l.quantity, l.unit_price, l.line_total
  FROM jsonb_to_recordset(lines)
    AS l(line_no bigint, product jsonb, quantity integer, unit_price numeric(14, 2), line_total numeric(28, 2))
$$;
REVOKE EXECUTE ON FUNCTION lines_of(bigint, jsonb) FROM PUBLIC;

-- What Flink could not read as a document of the worker's comes as a row of nulls; the row that stands stays.
CREATE TRIGGER a_refuse_foreign BEFORE INSERT OR UPDATE ON orders
  FOR EACH ROW WHEN (NEW.version IS NULL OR NEW.complete IS NULL OR NEW.lines IS NULL) EXECUTE FUNCTION refuse_older();

-- Lines are compared with the table itself, not with the document before: so each write of an order mends its lines,
-- whatever happened to them. EXCEPT is O(n log n) for 20,000 lines, and nested loops read the lines by their key,
-- whatever the planner believes about row counts.
CREATE FUNCTION write_items() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
  WITH gone AS (
    SELECT i.order_id, i.line_no FROM new_orders n JOIN order_items i USING (order_id)
    EXCEPT
    SELECT l.order_id, l.line_no FROM new_orders n CROSS JOIN LATERAL lines_of(n.order_id, n.lines) l
  )
  DELETE FROM order_items i USING gone g WHERE i.order_id = g.order_id AND i.line_no = g.line_no;
  INSERT INTO order_items
    SELECT l.* FROM new_orders n CROSS JOIN LATERAL lines_of(n.order_id, n.lines) l
    EXCEPT
    SELECT i.* FROM new_orders n JOIN order_items i USING (order_id)
  ON CONFLICT (order_id, line_no) DO UPDATE SET
    product_id = EXCLUDED.product_id, product_sku = EXCLUDED.product_sku, product_name = EXCLUDED.product_name,
    category = EXCLUDED.category, quantity = EXCLUDED.quantity, unit_price = EXCLUDED.unit_price,
    line_total = EXCLUDED.line_total;
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION write_items() FROM PUBLIC;

DROP TRIGGER add_items ON orders;
DROP TRIGGER change_items ON orders;
DROP FUNCTION add_items();
DROP FUNCTION change_items();
CREATE TRIGGER add_items AFTER INSERT ON orders REFERENCING NEW TABLE AS new_orders
  FOR EACH STATEMENT EXECUTE FUNCTION write_items();
CREATE TRIGGER change_items AFTER UPDATE ON orders REFERENCING NEW TABLE AS new_orders
  FOR EACH STATEMENT EXECUTE FUNCTION write_items();

-- The sum of the versions of a group's orders: it changes with each of them, so that touching an order in MySQL
-- writes its groups again, whatever happened to them.
ALTER TABLE order_totals_by_city ADD COLUMN versions numeric(38, 0) NOT NULL DEFAULT 0;
ALTER TABLE order_totals_by_category ADD COLUMN versions numeric(38, 0) NOT NULL DEFAULT 0;
ALTER TABLE order_totals_by_day ADD COLUMN versions numeric(38, 0) NOT NULL DEFAULT 0;
ALTER TABLE order_windows ADD COLUMN versions numeric(38, 0) NOT NULL DEFAULT 0;

-- A few rows that change many times a second: dead versions go every minute, not at a fifth of the table.
ALTER TABLE order_totals_by_city SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE order_totals_by_category SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE order_totals_by_day SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE order_windows SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
-- Millions of rows of which any may change: a twentieth dead is enough.
ALTER TABLE orders SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
ALTER TABLE order_items SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

-- Counted up by the running job: a lower number than the job remembers is a database restored from a backup.
ALTER TABLE builds ADD COLUMN beat bigint NOT NULL DEFAULT 0;

-- A rebuild that waits for a lock says for whom.
GRANT pg_read_all_stats TO :"writer";
