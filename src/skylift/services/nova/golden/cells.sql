INSERT INTO cell_mappings (created_at, uuid, name, transport_url, database_connection, disabled)
SELECT UTC_TIMESTAMP(), '00000000-0000-0000-0000-000000000000', 'cell0', 'none:///', '{scheme}://{username}:{password}@{hostname}:{port}/nova_cell0?{query}', 0
WHERE NOT EXISTS (SELECT 1 FROM cell_mappings WHERE uuid = '00000000-0000-0000-0000-000000000000');

INSERT INTO cell_mappings (created_at, uuid, name, transport_url, database_connection, disabled)
SELECT UTC_TIMESTAMP(), '5c1f0a4e-7a0d-4b57-9d0c-6f9a1c3f0001', 'cell1', '{scheme}://{username}:{password}@{hostname}:{port}/{path}?{query}', '{scheme}://{username}:{password}@{hostname}:{port}/{path}?{query}', 0
WHERE NOT EXISTS (SELECT 1 FROM cell_mappings WHERE uuid = '5c1f0a4e-7a0d-4b57-9d0c-6f9a1c3f0001');

INSERT INTO host_mappings (created_at, cell_id, host)
SELECT UTC_TIMESTAMP(), id, 'node1' FROM cell_mappings
WHERE uuid = '5c1f0a4e-7a0d-4b57-9d0c-6f9a1c3f0001' AND NOT EXISTS (SELECT 1 FROM host_mappings WHERE host = 'node1');
