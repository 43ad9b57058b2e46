-- The views the shop reads, for PostgreSQL. sqlite.sql says the same; a test compares their columns and rows.

CREATE VIEW products AS
SELECT s.id,
       s.onec_id,
       s.parent_onec_id,
       COALESCE(s.article, CASE WHEN s.size IS NULL THEN g.article ELSE g.article || '-' || s.size END) AS sku,
       COALESCE(s.name, g.name) AS name,
       g.description,
       g.category_onec_id,
       g.brand_id,
       s.size,
       COALESCE(s.barcode, g.barcode) AS barcode,
       g.unit_onec_id,
       g.specifications || s.specifications AS specifications,
       g.images,
       g.vat_rate,
       p.retail_price,
       p.opt1_price,
       p.opt2_price,
       p.opt3_price,
       p.trainer_price,
       p.federation_price,
       p.min_retail_price,
       COALESCE(q.quantity, 0) AS stock_quantity,
       s.is_default,
       s.is_active AND g.is_active AS is_active,
       s.hidden_by_1c,
       s.created_at,
       s.updated_at,
       s.session_id
  FROM skus s
  JOIN goods g ON g.onec_id = s.parent_onec_id
  LEFT JOIN sku_prices p ON p.sku_id = s.id
  LEFT JOIN sku_stocks q ON q.sku_id = s.id;

CREATE VIEW product_stocks AS
SELECT s.onec_id AS product_onec_id,
       w.key AS warehouse_onec_id,
       w.value::numeric(15, 3) AS quantity
  FROM skus s
  JOIN sku_stocks q ON q.sku_id = s.id
 CROSS JOIN LATERAL jsonb_each_text(q.by_warehouse::jsonb) AS w(key, value);

CREATE VIEW product_specifications AS
SELECT p.onec_id AS product_onec_id,
       v.key AS attribute_onec_id,
       COALESCE(a.name, v.key) AS attribute,
       COALESCE(d.value, v.value ->> 'ref', v.value #>> '{}') AS value,
       CASE WHEN jsonb_typeof(v.value) = 'number' THEN (v.value #>> '{}')::numeric END AS number,
       v.value ->> 'ref' AS value_onec_id
  FROM (SELECT s.onec_id, g.specifications || s.specifications AS specifications
          FROM skus s
          JOIN goods g ON g.onec_id = s.parent_onec_id) AS p
 CROSS JOIN LATERAL jsonb_each(p.specifications) AS v(key, value)
  LEFT JOIN attributes a ON a.onec_id = v.key
  -- a value that came before its dictionary is a text until its goods come again
  LEFT JOIN attribute_values d
         ON d.attribute_onec_id = v.key
        AND d.onec_id = COALESCE(v.value ->> 'ref', CASE WHEN a.value_type = 'reference' THEN v.value #>> '{}' END);

CREATE VIEW product_availability AS
WITH RECURSIVE on_sale(onec_id) AS (
    SELECT onec_id FROM categories WHERE parent_onec_id IS NULL AND is_active
     UNION
    SELECT c.onec_id FROM categories c JOIN on_sale ON c.parent_onec_id = on_sale.onec_id WHERE c.is_active
)
SELECT p.onec_id,
       r.role,
       r.price,
       p.stock_quantity,
       p.stock_quantity > 0 AS is_in_stock,
       COALESCE(p.is_active AND c.onec_id IS NOT NULL AND r.price > 0 AND p.stock_quantity > 0, FALSE) AS can_be_ordered
  FROM products p
  LEFT JOIN on_sale c ON c.onec_id = p.category_onec_id
 CROSS JOIN LATERAL (
       VALUES ('retail', NULLIF(p.retail_price, 0)),
              ('wholesale_level1', COALESCE(NULLIF(p.opt1_price, 0), NULLIF(p.retail_price, 0))),
              ('wholesale_level2', COALESCE(NULLIF(p.opt2_price, 0), NULLIF(p.retail_price, 0))),
              ('wholesale_level3', COALESCE(NULLIF(p.opt3_price, 0), NULLIF(p.retail_price, 0))),
              ('trainer', COALESCE(NULLIF(p.trainer_price, 0), NULLIF(p.retail_price, 0))),
              ('federation_rep', COALESCE(NULLIF(p.federation_price, 0), NULLIF(p.retail_price, 0))),
              ('admin', NULLIF(p.retail_price, 0))) AS r(role, price);

-- The shop may hide or show a single SKU through the view it reads; see docs/tables.md.
CREATE OR REPLACE FUNCTION products_set_visibility() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    OLD.is_active := NEW.is_active;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'products is a view: only is_active can be set through it';
    END IF;
    UPDATE skus SET is_active = NEW.is_active, hidden_by_1c = FALSE WHERE id = OLD.id;
    RETURN NEW;
END $$;

CREATE TRIGGER products_visibility INSTEAD OF UPDATE ON products
    FOR EACH ROW EXECUTE FUNCTION products_set_visibility();
