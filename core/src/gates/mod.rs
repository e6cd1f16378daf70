//! The conditions that steps wait for and bake under. Each gate judges one thing and knows nothing of the others.
