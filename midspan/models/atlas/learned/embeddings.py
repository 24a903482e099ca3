"""Where training and measuring keep the frozen encoder's vectors."""

EMBEDDINGS = "embeddings.safetensors"
"""In the work folder; shared by all seeds, variants and the evaluation."""
