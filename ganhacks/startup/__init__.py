"""What has to be right before the first cell: TensorFlow quiet, Keras' settings the course's, the machine fit."""
