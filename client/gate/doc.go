// Package gate is the one way out to a Carbon Black server: an [http.RoundTripper] that knows the token.
//
// Start with [New], and use the [Gate] as the transport of everything that speaks to that server:
//
//	server, err := gate.New(profile, gate.WithLogger(log))
//	if err != nil {
//		return err
//	}
//	defer server.Close()
//	http := &http.Client{Transport: server}
//
// A gate sends requests to its profile's own scheme, host and port and refuses all others before it dials; it adds
// the token to what it sends and takes it out of everything that it gives back. It decides about TLS, proxies,
// timeouts and retries, sends few requests at once, stops all of them while the server asks for it, has every request
// checked by its host ([WithCheck]) and reports every change that it sent ([WithJournal]).
//
// It does not understand what it carries: an error status is an answer like any other, and turning it into an error
// is the client's work. Errors of the gate itself are of type [*Error].
//
// Source: contract/transport.md, sections 2 to 5.
package gate
