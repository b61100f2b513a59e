"""What systems outside ARLS are told of units and incidents: Cursor on Target, and webhooks."""
