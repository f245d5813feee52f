"""The one guarded way out of this service: addresses that the operator wrote down, little time, few bytes."""
