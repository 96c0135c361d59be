package protection

import "github.com/cbscript/cbscript/client"

// Policy says what computers enforce. Source: contract/protection.md, "Models".
var Policy = define(client.Kind{
	Name: "Policy", Route: base + "policy", Allows: creatable,
	Doc: "What a group of computers enforces, and how.", Fields: policyFields,
})

// EnforcementLevel names the levels that a policy can have. It is no model of the server, but a set of constants.
// Source: contract/protection.md, "Enforcement levels".
var EnforcementLevel = client.Define(client.Kind{
	Name: "EnforcementLevel", Product: Name,
	Doc: "The levels of Policy.enforcementLevel, the strictest first. The server has 60 besides, which only watches.",
	Constants: []client.Constant{
		{Name: "LevelHigh", Value: 20, Doc: "what is not approved does not run"},
		{Name: "LevelMedium", Value: 30, Doc: "the user is asked about what is not approved"},
		{Name: "LevelLow", Value: 40, Doc: "what is banned does not run"},
		{Name: "LevelNone", Value: 80, Doc: "nothing is enforced"},
	},
})
