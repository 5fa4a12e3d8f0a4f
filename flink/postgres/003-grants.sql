-- :"writer" is Flink, :"reader" is for queries; the logins themselves are made by flink/schema.py from the settings.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"writer", :"reader";

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE
  ON orders, order_totals_by_city, order_totals_by_category, order_totals_by_day, order_windows, builds TO :"writer";
GRANT SELECT ON order_items, schema_migrations TO :"writer";
GRANT SELECT
  ON orders, order_items, order_totals_by_city, order_totals_by_category, order_totals_by_day, order_windows, builds
  TO :"reader";
