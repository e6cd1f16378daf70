"""EKS: node groups have tags that can be set and taken off. In moto only clusters have."""

from typing import Any

from moto.eks import models


def install() -> None:
    backend: Any = models.EKSBackend
    tag, untag = backend.tag_resource, backend.untag_resource

    # EKS, TagResource: resourceArn is that of a cluster, a managed node group, or other resources of EKS.
    def tag_resource(self: Any, resource_arn: str, tags: dict[str, str]) -> None:
        group = node_group(self, resource_arn)
        if group is None:
            tag(self, resource_arn, tags)
        else:
            group.tags = {**group.tags, **tags}

    def untag_resource(self: Any, resource_arn: str, tag_keys: Any) -> None:
        group = node_group(self, resource_arn)
        if group is None:
            untag(self, resource_arn, tag_keys)
        else:
            keys = tag_keys if isinstance(tag_keys, list) else [tag_keys]
            group.tags = {key: value for key, value in group.tags.items() if key not in keys}

    backend.tag_resource = tag_resource
    backend.untag_resource = untag_resource


def node_group(backend: Any, arn: str) -> Any:
    """The managed node group of this ARN, if it is one's."""
    groups = (group for cluster in backend.clusters.values() for group in cluster.nodegroups.values())
    return next((group for group in groups if group.arn == arn), None)
