"""Who acts: enrolment, keys, roles, and records signed with a key."""
