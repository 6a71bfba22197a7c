"""Values as documents print them, made into values that machines agree on."""
