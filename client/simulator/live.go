package simulator

import "github.com/cbscript/cbscript/client/simulator/liveresponse"

// LiveSessions lists the sessions of Live Response that are pending or active, oldest first.
func (s *Server) LiveSessions() []liveresponse.OpenSession { return s.response.LiveResponse().Open() }

// DropLiveSessions has the server forget the sessions of a sensor, as a restart does.
func (s *Server) DropLiveSessions(sensor int) { s.response.LiveResponse().Drop(sensor) }

// SetOnline has a sensor come online or go offline. It is false when there is no such sensor.
func (s *Server) SetOnline(sensor int, online bool) bool { return s.response.SetOnline(sensor, online) }
