-- The views the shop reads, for SQLite. postgresql.sql says the same; a test compares their columns and rows.

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
       json_patch(g.specifications, s.specifications) AS specifications,
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
       w.value AS quantity
  FROM skus s
  JOIN sku_stocks q ON q.sku_id = s.id
 CROSS JOIN json_each(q.by_warehouse) AS w;

CREATE VIEW product_specifications AS
SELECT p.onec_id AS product_onec_id,
       v.key AS attribute_onec_id,
       COALESCE(a.name, v.key) AS attribute,
       COALESCE(d.value, CASE WHEN v.type = 'object' THEN v.value ->> 'ref' ELSE CAST(v.value AS TEXT) END) AS value,
       CASE WHEN v.type IN ('integer', 'real') THEN v.value END AS number,
       CASE WHEN v.type = 'object' THEN v.value ->> 'ref' END AS value_onec_id
  FROM (SELECT s.onec_id, json_patch(g.specifications, s.specifications) AS specifications
          FROM skus s
          JOIN goods g ON g.onec_id = s.parent_onec_id) AS p
 CROSS JOIN json_each(p.specifications) AS v
  LEFT JOIN attributes a ON a.onec_id = v.key
  LEFT JOIN attribute_values d
         -- a value that came before its dictionary is a text until its goods come again
         ON d.attribute_onec_id = v.key
        AND d.onec_id = CASE WHEN v.type = 'object' THEN v.value ->> 'ref' WHEN a.value_type = 'reference' THEN v.value END;

CREATE VIEW product_availability AS
WITH RECURSIVE on_sale(onec_id) AS (
    SELECT onec_id FROM categories WHERE parent_onec_id IS NULL AND is_active
     UNION
    SELECT c.onec_id FROM categories c JOIN on_sale ON c.parent_onec_id = on_sale.onec_id WHERE c.is_active
)
SELECT p.onec_id,
       r.role,
       CASE r.role
            WHEN 'wholesale_level1' THEN COALESCE(NULLIF(p.opt1_price, 0), NULLIF(p.retail_price, 0))
            WHEN 'wholesale_level2' THEN COALESCE(NULLIF(p.opt2_price, 0), NULLIF(p.retail_price, 0))
            WHEN 'wholesale_level3' THEN COALESCE(NULLIF(p.opt3_price, 0), NULLIF(p.retail_price, 0))
            WHEN 'trainer' THEN COALESCE(NULLIF(p.trainer_price, 0), NULLIF(p.retail_price, 0))
            WHEN 'federation_rep' THEN COALESCE(NULLIF(p.federation_price, 0), NULLIF(p.retail_price, 0))
            ELSE NULLIF(p.retail_price, 0)
       END AS price,
       p.stock_quantity,
       p.stock_quantity > 0 AS is_in_stock,
       COALESCE(p.is_active AND c.onec_id IS NOT NULL AND p.stock_quantity > 0
                AND COALESCE(
                    NULLIF(CASE r.role
                                WHEN 'wholesale_level1' THEN p.opt1_price
                                WHEN 'wholesale_level2' THEN p.opt2_price
                                WHEN 'wholesale_level3' THEN p.opt3_price
                                WHEN 'trainer' THEN p.trainer_price
                                WHEN 'federation_rep' THEN p.federation_price
                           END, 0), p.retail_price) > 0, 0) AS can_be_ordered
  FROM products p
 CROSS JOIN (SELECT 'retail' AS role UNION ALL SELECT 'wholesale_level1' UNION ALL SELECT 'wholesale_level2'
             UNION ALL SELECT 'wholesale_level3' UNION ALL SELECT 'trainer' UNION ALL SELECT 'federation_rep'
             UNION ALL SELECT 'admin') AS r
  LEFT JOIN on_sale c ON c.onec_id = p.category_onec_id;

CREATE TRIGGER products_visibility INSTEAD OF UPDATE OF is_active ON products
BEGIN
    UPDATE skus SET is_active = NEW.is_active, hidden_by_1c = 0 WHERE id = OLD.id;
END;
