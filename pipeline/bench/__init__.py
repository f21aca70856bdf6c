"""How fast it is: each stage alone, the flow through Kafka, and the broker's own ceiling beside them."""
