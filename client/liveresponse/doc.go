// Package liveresponse reaches into endpoints: sessions with their sensors, the commands that are sent through a session,
// and jobs over many endpoints.
//
//	m := liveresponse.Of(cb, liveresponse.Response())
//	s, err := m.Open(ctx, liveresponse.Endpoint{ID: 7, System: liveresponse.Windows}, 0)
//	if err != nil { ... }
//	defer s.Close(ctx)
//	file, err := s.GetRawFile(ctx, `c:\windows\temp\x.bin`, liveresponse.Poll{})
//
// # Sessions
//
// A server has room for few sessions, ten by default. So everyone who asks for a session with the same sensor shares
// one, which is closed when the last one closes theirs; when the context has a [client.Scope], the scope's end closes what
// was left open. While a session is open it is kept alive. One that the server dropped is opened again, and a command
// that was under way is sent again if that is safe.
//
// A session that was there before, of the console or of another program, is used and left open.
//
// # What changes an endpoint
//
// Each request is described to the client's guard: reading needs the capability respond, as does opening a session;
// putting or deleting files, starting or ending processes, writing to the registry and dumping memory need respond-write.
//
// Facts are those of contract/live-response.md.
package liveresponse
