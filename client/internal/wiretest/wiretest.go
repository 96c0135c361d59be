// Package wiretest tests what a product's tables put on the wire: a server whose every answer is written down, and a
// table of uses of the API with the requests that they must cost, to the byte.
//
//	wiretest.Run(t, protection.New, wiretest.Answers{"GET /api/bit9platform/v1/serverConfig": {settings}}, []wiretest.Exchange{
//		{Name: "Computer by id", Answers: wiretest.Answers{"GET /api/bit9platform/v1/computer/7": {`200 {"id": 7}`}},
//			Do: ..., Asked: []string{"GET /api/bit9platform/v1/computer/7"}, Want: ...},
//	})
//
// It is for tests alone.
package wiretest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
)

// Answers are what a server answers, by "METHOD path?query": each a status, a blank and the body, or "broken" for a
// connection that breaks. Several answers to the same request are given one after the other, and the last one again
// and again.
type Answers map[string][]string

// Server answers as it is told. A request that nothing is written down for fails the test. It is safe for concurrent
// use.
type Server struct {
	t      testing.TB
	hidden map[string]bool // requests that Asked leaves out

	mu      sync.Mutex
	answers Answers
	asked   []string
}

// New makes a server. The answers of hidden are given too, and their requests are not shown: those of a connection.
func New(t testing.TB, answers, hidden Answers) *Server {
	s := &Server{t: t, answers: Answers{}, hidden: map[string]bool{}}
	maps.Copy(s.answers, hidden)
	maps.Copy(s.answers, answers)
	for request := range hidden {
		s.hidden[request] = answers[request] == nil
	}
	return s
}

// URL is https://cb.example.
func (s *Server) URL() *url.URL { return &url.URL{Scheme: "https", Host: "cb.example"} }

// RoundTrip gives what is written down for a request.
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	body := ""
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(b)
	}
	status, text, err := s.answer(r.Method+" "+r.URL.RequestURI(), body)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)),
		ContentLength: int64(len(text)), Request: r}, nil
}

func (s *Server) answer(request, body string) (int, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.hidden[request] {
		s.asked = append(s.asked, strings.TrimSpace(request+" "+body))
	}
	list := s.answers[request]
	if len(list) == 0 {
		s.t.Errorf("unexpected request: %s %s", request, body)
		return http.StatusInternalServerError, "nothing is written down for this", nil
	}
	if len(list) > 1 {
		s.answers[request] = list[1:]
	}
	if list[0] == "broken" {
		return 0, "", errors.New("connection reset by peer")
	}
	var status int
	if _, err := fmt.Sscan(list[0], &status); err != nil {
		s.t.Errorf("the answer %q of %s has no status", list[0], request)
		status = http.StatusInternalServerError
	}
	_, text, _ := strings.Cut(list[0], " ")
	return status, text, nil
}

// Asked gives the requests so far, each with its body.
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// Exchange is a use of an API, and what must come of it.
type Exchange struct {
	Name    string // begins with what it is about: a row of the contract
	Answers Answers
	Do      func(ctx context.Context, cb *client.Client) (any, error)
	Asked   []string
	Want    any    // what Do gives, unless it fails
	Kind    string // of the error that it fails with, or empty
	Text    string // part of that error's text
}

// Run runs exchanges, each with a client of its own that open makes. The answers of connection are those of the
// requests that a connection begins with.
func Run(t *testing.T, open func(client.Server, ...client.Option) *client.Client, connection Answers, cases []Exchange) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			s := New(t, c.Answers, connection)
			cb := open(s)
			got, err := c.Do(t.Context(), cb)
			if !IsError(err, c.Kind, c.Text) {
				t.Errorf("got the error %v, want a %q with %q", err, c.Kind, c.Text)
			}
			if diff := cmp.Diff(c.Want, got); diff != "" && c.Kind == "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
			Known(t, cb.Product(), s.Asked())
			if diff := cmp.Diff(c.Asked, s.Asked()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// Known fails the test for a request, written as "METHOD path?query" with or without a body, that the tables of a product
// do not know: a check that goes by them would refuse it.
func Known(t testing.TB, product *client.Product, requests []string) {
	t.Helper()
	routes := product.Routes()
	for _, request := range requests {
		fields := strings.SplitN(request, " ", 3)
		path, query, _ := strings.Cut(fields[1], "?")
		known := strings.HasPrefix(path, product.Base)
		if fields[0] != http.MethodGet {
			var m client.Match
			m, known = client.MatchRoute(routes, fields[0], path)
			params, err := url.ParseQuery(query)
			for name := range params {
				_, declared := m.Params[name]
				known = known && declared
			}
			known = known && err == nil
		}
		if !known {
			t.Errorf("no table of %s knows %s %s", product.Title, fields[0], fields[1])
		}
	}
}

// IsError reports whether err is of a kind and has a text; an empty kind means that there must be none.
func IsError(err error, kind, text string) bool {
	if err == nil || kind == "" {
		return err == nil && kind == ""
	}
	var typed client.Error
	return errors.As(err, &typed) && typed.Kind() == kind && strings.Contains(err.Error(), text)
}
