package story

// Build tells the story anew, where Standard keeps it.
func Build() *Story { return build() }
