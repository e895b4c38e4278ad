"""CloudTrail: who went into instances and the console of AWS, and how."""
