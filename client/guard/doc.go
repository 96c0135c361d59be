// Package guard decides about the changes that a script wants to make: it grants capabilities, asks for those that were
// not granted, and shows changes instead of making them.
//
//	granted, err := guard.Parse([]string{"write,isolate"})
//	g := guard.New(guard.Config{Allow: granted})
//	cb := response.New(server, client.WithGuard(g))
//
// A [Guard] is a client.Guard: the client asks it before it sends a change. What it does not do is check requests on the
// wire: a client without a guard makes every change.
package guard
