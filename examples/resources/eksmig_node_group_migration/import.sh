# CLUSTER|CLUSTER_NAME|BLUE|GREEN, where GREEN is the name of a node group, or clone:NAME for one that the migration makes
terraform import eksmig_node_group_migration.workers 'main|production|workers-2024|clone:workers-2026'
