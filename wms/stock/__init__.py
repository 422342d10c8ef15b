"""Stock against its plan: days of cover, phases, and the stock_low condition that follows from them."""
