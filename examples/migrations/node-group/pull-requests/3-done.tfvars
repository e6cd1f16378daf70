# Nothing is left to migrate. What has arrived is not undone.
node_groups = {}
