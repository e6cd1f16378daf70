//! What the plugin layer tells by itself.

super::family! { "Terraform and the provider", "Told by the layer between Terraform and the provider. Whatever it is, what the \
state had is kept.";

INTERNAL_ERROR_IN_THE_PROVIDER: Error "Internal error in the provider",
    "Something that the provider made does not fit its own schema.",
    "This is a fault of the provider. Please report it, with the text.";
INTERNAL_ERROR_IN_OBJECT: Error "Internal error in {object}",
    "A call did not finish: it ended in a panic, or without a result. Other objects go on.",
    "Plan again: where the traffic stands is read afresh. Please report it, with the text.";
PROVIDER_IS_NOT_SOUND: Error "Provider is not sound",
    "Two things of the provider have one name.",
    "This is a fault of the provider. Please report it.";
UNKNOWN_KIND: Error "Unknown {kind}",
    "Terraform asks for a type that this version of the provider does not have.",
    "`terraform init -upgrade`, or the version that the configuration was written for.";
MALFORMED_REQUEST: Error "Malformed request",
    "A value could not be read, as with a plan that was made with another version of the provider.",
    "Plan again with the version that applies.";
WRITE_ONLY_ATTRIBUTE_NOT_SUPPORTED: Error "Write-only attribute not supported",
    "A write-only argument is set, and this version of Terraform would keep it in the state.",
    "Use Terraform or OpenTofu 1.11 or later, or leave the argument out.";
UNREADABLE_STATE: Error "Unreadable state",
    "The stored state does not fit the schema: it was edited by hand, or is of a newer version of the provider.",
    "Use the version that wrote it; or remove the object from the state and import it again, which moves no traffic.";
STATE_OF_A_NEWER_PROVIDER: Error "State of a newer provider",
    "A later version of the provider wrote the state, in a form that this one does not know.",
    "Use the version that wrote it, or a later one.";
UNSUPPORTED_STATE_VERSION: Error "Unsupported state version",
    "The state was written by a version of the provider whose form this one does not know.",
    "Use the version that wrote it, or a newer one.";
STATE_IS_TOO_OLD: Error "State is too old",
    "It was written by Terraform before 0.12.",
    "Refresh it with Terraform 0.12 or 0.13 first.";
IMPORT_NOT_SUPPORTED: Error "Import not supported",
    "Objects of this type cannot be imported.",
    "Make a resource for it instead: a create takes over where things stand.";
MOVE_NOT_SUPPORTED: Error "Move not supported",
    "A `moved` block leads from a resource of another type, which has no state in common with this one.",
    "Have Terraform forget the other with a `removed` block, and import this one. See \
     [from the AWS provider's weights](from-the-aws-provider.md).";
}
