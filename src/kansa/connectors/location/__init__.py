"""Where a device lay: bounds from timed answers to landmarks, from a vendor's location service, or declared."""
