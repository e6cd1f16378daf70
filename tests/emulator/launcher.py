"""Starts the AWS emulator on a free port of the loopback interface.

Prints one JSON line, {"port": N}, once it listens. Ends when its standard input closes, so that it cannot outlive
whoever started it.
"""

import json
import os
import sys
import threading

# Set before moto is imported: it reads them once.
os.environ.setdefault("AWS_ACCESS_KEY_ID", "emulator")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "emulator")
os.environ.setdefault("MOTO_DISABLE_GLOBAL_CORS", "true")

import openapi_documents  # noqa: E402

openapi_documents.install()

import front  # noqa: E402
import patches_access_keys  # noqa: E402
import patches_apigateway_deployments  # noqa: E402
import patches_apigateway_export  # noqa: E402
import patches_apigateway_integrations  # noqa: E402
import patches_apigateway_lookups  # noqa: E402
import patches_apigateway_stages  # noqa: E402
import patches_apigatewayv2_deployments  # noqa: E402
import patches_apigatewayv2_export  # noqa: E402
import patches_apigatewayv2_integrations  # noqa: E402
import patches_apigatewayv2_lookups  # noqa: E402
import patches_apigatewayv2_stages  # noqa: E402
import patches_autoscaling_sources  # noqa: E402
import patches_cloudwatch  # noqa: E402
import patches_cloudwatch_metrics  # noqa: E402
import patches_elbv2_actions  # noqa: E402
import patches_elbv2_groups  # noqa: E402
import patches_elbv2_listeners  # noqa: E402
import patches_elbv2_listing  # noqa: E402
import patches_elbv2_names  # noqa: E402
import patches_elbv2_rules  # noqa: E402
import patches_elbv2_targets  # noqa: E402
import patches_eks_tags  # noqa: E402
import patches_route53_changes  # noqa: E402
import patches_route53_health  # noqa: E402
import patches_route53_listing  # noqa: E402
import patches_route53_propagation  # noqa: E402
import server  # noqa: E402


def main() -> None:
    for patches in (
        patches_access_keys,
        patches_elbv2_names,
        patches_elbv2_actions,
        patches_elbv2_rules,
        patches_elbv2_listing,
        patches_elbv2_targets,
        patches_elbv2_groups,
        patches_elbv2_listeners,
        patches_cloudwatch,
        patches_cloudwatch_metrics,
        patches_route53_changes,
        patches_route53_listing,
        patches_route53_propagation,
        patches_route53_health,
        patches_apigateway_deployments,
        patches_apigateway_stages,
        patches_apigateway_integrations,
        patches_apigateway_export,
        patches_apigateway_lookups,
        patches_apigatewayv2_deployments,
        patches_apigatewayv2_export,
        patches_apigatewayv2_stages,
        patches_apigatewayv2_integrations,
        patches_apigatewayv2_lookups,
        patches_autoscaling_sources,
        patches_eks_tags,
    ):
        patches.install()
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    listening = server.Server(("127.0.0.1", port), front.Front())
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    print(json.dumps({"port": listening.server_address[1]}), flush=True)
    try:
        while sys.stdin.buffer.read(4096):
            pass
    except KeyboardInterrupt:
        pass
    # Not sys.exit: a request may still hold a thread.
    os._exit(0)


if __name__ == "__main__":
    main()
