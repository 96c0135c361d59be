package simulator

import "github.com/cbscript/cbscript/client/simulator/liveresponse"

// LiveSessions lists the sessions of Live Response that are pending or active: those of Cb Response, then those of Cb
// Defense, each oldest first.
func (s *Server) LiveSessions() []liveresponse.OpenSession {
	return append(s.response.LiveResponse().Open(), s.defense.LiveResponse().Open()...)
}

// DropLiveSessions has the server forget the sessions of a sensor, as a restart does.
func (s *Server) DropLiveSessions(sensor int) { s.response.LiveResponse().Drop(sensor) }

// SetOnline has a sensor come online or go offline. It is false when there is no such sensor.
func (s *Server) SetOnline(sensor int, online bool) bool { return s.response.SetOnline(sensor, online) }
