package protection

import "github.com/cbscript/cbscript/client"

// ServerConfig is a setting of the server. Source: contract/protection.md, "Models".
var ServerConfig = define(older(client.Kind{
	Name: "ServerConfig", Route: base + "serverConfig", Allows: readOnly,
	Doc: "A setting of the server; cb.info has them all by name.", Fields: serverConfigFields,
}))

// ServerPerformance is what was measured of the server at one time. Source: contract/protection.md, "Models".
var ServerPerformance = define(older(client.Kind{
	Name: "ServerPerformance", Route: base + "serverPerformance", Allows: readOnly,
	Doc: "What was measured of the server at one time.", Fields: serverPerformanceFields,
}))

// Notifier is a notice that an endpoint shows. Source: contract/protection.md, "Models".
var Notifier = define(older(client.Kind{
	Name: "Notifier", Route: base + "notifier", Allows: readOnly,
	Doc: "A notice that an endpoint shows when something is blocked.", Fields: notifierFields,
}))
