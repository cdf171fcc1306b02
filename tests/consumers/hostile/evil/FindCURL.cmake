message(FATAL_ERROR "the module path of the consumer reached the helper")
