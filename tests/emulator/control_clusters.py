"""The control endpoint for EKS: clusters whose API servers a test serves itself.

What EKS makes up for a cluster in moto, an address and a certificate, leads nowhere.
"""

import base64

from exchange import Answer, Asked
from moto.core import DEFAULT_ACCOUNT_ID
from moto.eks.models import eks_backends


def cluster(asked: Asked) -> Answer:
    """Makes a cluster whose API server is at a URL, vouched for by a certificate in PEM."""
    wanted = asked.json()
    backend = eks_backends[DEFAULT_ACCOUNT_ID][wanted["region"]]
    role = f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/cluster"
    made = backend.create_cluster(wanted["name"], role, {"subnetIds": [], "securityGroupIds": []})
    made.endpoint = wanted["url"]
    made.certificate_authority = {"data": base64.b64encode(wanted["authority"].encode()).decode()}
    return Answer.of({})


ENDPOINTS = {"cluster": cluster}
