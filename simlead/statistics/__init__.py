"""Inference on numbers: intervals, precision, selection, sensitivity, surfaces, boxes; independent of the model."""
