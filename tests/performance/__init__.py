"""What pages may cost, in counts that no busy machine changes."""
