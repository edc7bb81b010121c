"""What several workers share: limits and breakers, in memory or in Redis, by the same rules."""
