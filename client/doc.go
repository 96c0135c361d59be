// Package client speaks to the Carbon Black servers: Cb Response, Cb Protection and Cb Defense. It is the engine
// that every product's models run on, and knows none of them: a product is a [Product], a table of [Kind]s.
//
// Start with a product's package, which connects and gives the models their names:
//
//	profile, err := credentials.Find(credentials.Options{Product: "response", Profile: "prod"})
//	server, err := gate.New(profile)
//	cb := response.New(server)
//	for process, err := range cb.Select(response.Process).Where("process_name:net.exe").All(ctx) {
//		...
//	}
//
// # Layers
//
// A [Client] is the connection to one server. It is handed a [Server], the one thing that knows the token and opens
// connections, and turns answers into documents and statuses into typed errors. A [Kind] describes a model once:
// fields, joins, methods, routes, what may be done with it. An [Object] is one instance: a lazy document that is
// fetched when a field is read that it does not hold, with local changes on top. A [Query] is lazy, immutable and
// composable; its results are read page by page, ahead of the reader.
//
// # What it does not do
//
// It does not read credentials, ask for confirmation, print or log to anything that it was not handed, and it keeps
// no state between clients.
package client
