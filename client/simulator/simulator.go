// Package simulator is an in-process HTTPS server that answers like a Carbon Black server. Behind it is one
// deterministic story, an intrusion into a company of some fifty endpoints (package story), that can be searched,
// paged, sorted, faceted and changed as on a real server, with no network and no credentials.
//
//	sim, err := simulator.Start(simulator.Options{})
//	if err != nil { ... }
//	defer sim.Close()
//	// talk to sim.URL() with the header X-Auth-Token: sim.Token(), trusting sim.CertificatePEM()
//
// Every start tells the same story at the same [Server.Now]; two servers share nothing that can be changed. Faults of
// a server or of a network are injected with [Server.Inject], and what a client sent is read with [Server.Requests].
//
// The parts are: route, the REST layer that all products are written against; story, the data; search, the query
// language; response, the API of Cb Response; liveresponse, the sessions with endpoints; protection and defense, the APIs
// of Cb Protection and Cb Defense. A further product is a further package with a Routes method, named in products.go.
//
// The package is written from the recorded facts about the servers alone. It imports nothing else of this module, so
// that a mistake in the client cannot hide behind the same mistake here.
package simulator

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/cbscript/cbscript/client/simulator/defense"
	"github.com/cbscript/cbscript/client/simulator/liveresponse"
	"github.com/cbscript/cbscript/client/simulator/protection"
	"github.com/cbscript/cbscript/client/simulator/response"
	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/story"
)

// DemoToken is the API token that a server accepts unless Options.Token names another. It opens nothing but simulators.
const DemoToken = "0123456789abcdef0123456789abcdef01234567"

// DemoDefenseToken is the token, APIKEY/CONNECTORID, that the API of Cb Defense accepts unless Options.DefenseToken names
// another. It opens nothing but simulators.
const DemoDefenseToken = "DEMODEMODEMODEMODEMODEMO/DEMODEMO01"

// DemoUser and DemoPassword are what GET /api/auth accepts with HTTP Digest authentication.
const (
	DemoUser     = response.DemoUser
	DemoPassword = response.DemoPassword
)

// DefaultVersion is the Cb Response version of a server whose Options name none.
const DefaultVersion = response.DefaultVersion

// DefaultProtectionVersion is the Cb Protection version of a server whose Options name none.
const DefaultProtectionVersion = protection.DefaultVersion

// Options say how a server behaves. The zero value is a fast server of version [DefaultVersion] on a free port of the
// loopback interface.
type Options struct {
	// Version is the Cb Response server version, for example "5.1.0.150625.500" or "7.1.0". From it follow the routes
	// that exist, the form of events, whether a process has segments, and what a sensor write may contain.
	Version string
	// ProtectionVersion is the Cb Protection server version, from which follows which models there are. "" means
	// [DefaultProtectionVersion].
	ProtectionVersion string
	// Addr is the address to listen on, "host:port". "" means 127.0.0.1:0.
	Addr string
	// Latency is added to every answer.
	Latency time.Duration
	// Bulk is the number of further processes, process_name:bulk.exe, all older than the story. They are generated as a
	// page is asked for and take no memory.
	Bulk int
	// Token is the API token to accept. "" means [DemoToken].
	Token string
	// DefenseToken is the one that the API of Cb Defense accepts, APIKEY/CONNECTORID. "" means [DemoDefenseToken].
	DefenseToken string
	// DisableHTTP2 leaves only HTTP/1.1.
	DisableHTTP2 bool
	// LegacyPartition adds an event partition in the format of 5.x, mounted, with some of the story's oldest processes:
	// they are found only by searches that send cb.legacy_5x_mode=True. Versions before 6.0 have no partitions.
	LegacyPartition bool
	// Fleet is the number of further endpoints, named FLEET-00001 and so on: workstations that are online and have no
	// part in the story. They are sensors of Cb Response.
	Fleet int
	// LiveResponse says how endpoints answer to Live Response. Its Endpoint is filled in.
	LiveResponse liveresponse.Options
	// Logger gets one debug line for each request and the errors of the HTTP server. nil means no log.
	Logger *slog.Logger
}

// Server is a running simulator. Its methods are safe for concurrent use.
type Server struct {
	opts   Options
	log    *slog.Logger
	table  *route.Table
	story  *story.Story
	cert   certificate
	http   *http.Server
	listen net.Listener

	faults   faults
	recorder recorder
	response *response.Product
	defense  *defense.Product

	compressor *compressor

	closing chan struct{} // closed by Close: ends every wait
	mu      sync.Mutex    // guards closed and, with it, the start of a wait in Close
	closed  bool
	serving sync.WaitGroup // the accept loop and the requests in progress
}

// Start makes a server and begins to listen. The caller must Close it.
func Start(o Options) (*Server, error) {
	s, err := New(o)
	if err != nil {
		return nil, err
	}
	addr := o.Addr
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	if err := s.serve(addr); err != nil {
		return nil, err
	}
	return s, nil
}

// New makes a server that does not listen, for use through [Server.Handler] alone. URL and CertificatePEM of such a
// server are empty.
func New(o Options) (*Server, error) {
	o.Token = cmp.Or(o.Token, DemoToken)
	o.DefenseToken = cmp.Or(o.DefenseToken, DemoDefenseToken)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{opts: o, log: o.Logger, story: story.Standard(), closing: make(chan struct{}), compressor: newCompressor()}
	routes, err := products(s)
	if err != nil {
		return nil, err
	}
	s.table = route.NewTable(routes)
	return s, nil
}

func (s *Server) serve(addr string) error {
	cert, err := newCertificate()
	if err != nil {
		return fmt.Errorf("starting the simulator: %w", err)
	}
	listen, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("starting the simulator on %s: %w", addr, err)
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(!s.opts.DisableHTTP2)
	s.cert, s.listen = cert, listen
	s.http = &http.Server{
		Handler:           s.Handler(),
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		ReadHeaderTimeout: time.Minute,
		Protocols:         protocols,
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{cert.pair}, MinVersion: tls.VersionTLS12},
	}
	s.begin()
	go func() {
		defer s.serving.Done()
		if err := s.http.ServeTLS(listen, "", ""); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("simulator stopped serving", "error", err)
		}
	}()
	return nil
}

// URL is the address for clients, https://127.0.0.1:PORT without a trailing slash.
func (s *Server) URL() string {
	if s.listen == nil {
		return ""
	}
	return "https://" + s.listen.Addr().String()
}

// Token is the API token that the server accepts, but for Cb Defense.
func (s *Server) Token() string { return s.opts.Token }

// TokenFor is the API token that the API of a product accepts; product is "response", "protection" or "defense".
func (s *Server) TokenFor(product string) string {
	if product == "defense" {
		return s.opts.DefenseToken
	}
	return s.opts.Token
}

// Now is the story's clock, in UTC. It stands still: relative times in queries, such as start:-2h, count from it.
func (s *Server) Now() time.Time { return s.story.Now }

// Story is the data behind the server. It must not be changed.
func (s *Server) Story() *story.Story { return s.story }

// Routes lists the API that the server speaks at its version, sorted by path.
func (s *Server) Routes() []route.Route { return s.table.All() }

// CertificatePEM is the certificate that the server shows, for clients to trust. It is made at start for 127.0.0.1, ::1
// and localhost.
func (s *Server) CertificatePEM() []byte { return s.cert.pem }

// Close ends the server: open connections are cut and waiting requests end. It is safe to call more than once.
func (s *Server) Close() error {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	s.mu.Unlock()
	var err error
	if first {
		close(s.closing)
		if s.http != nil {
			err = s.http.Close()
		}
	}
	s.serving.Wait()
	return err
}
