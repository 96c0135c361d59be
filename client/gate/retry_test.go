package gate_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/gate"
)

// script answers each request by the next of its steps, the last one again and again, and notes when each came.
type script struct {
	mu    sync.Mutex
	steps []func(w http.ResponseWriter, r *http.Request)
	start time.Time
	at    []time.Duration
	got   []string // bodies
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	if s.start.IsZero() {
		s.start = time.Now()
	}
	s.at = append(s.at, time.Since(s.start).Round(time.Millisecond))
	s.got = append(s.got, string(body))
	step := s.steps[min(len(s.at), len(s.steps))-1]
	s.mu.Unlock()
	step(w, r)
}

// seen gives when each request came, and its body.
func (s *script) seen() (at []time.Duration, bodies []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at, s.got
}

func status(code int, headers ...string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		io.WriteString(w, http.StatusText(code))
	}
}

// drop breaks the connection without an answer.
func drop(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }

// hang does not answer for an hour, or until the connection ends.
func hang(_ http.ResponseWriter, r *http.Request) {
	select {
	case <-time.After(time.Hour):
	case <-r.Context().Done():
		panic(http.ErrAbortHandler) // an answer to one who hangs up could still reach him
	}
}

func seconds(all ...float64) []time.Duration {
	var out []time.Duration
	for _, s := range all {
		out = append(out, time.Duration(s*float64(time.Second)))
	}
	return out
}

func TestRetries(t *testing.T) {
	ok := status(200)
	cases := []struct {
		name   string
		method string
		steps  []func(http.ResponseWriter, *http.Request)
		status int
		kind   gate.Kind // when status is 0
		at     []time.Duration
	}{
		{"schedule, then the answer itself", "GET", steps(status(502)), 502, 0, seconds(0, 0, 1, 3, 7, 15)},
		{"504 once", "GET", steps(status(504), ok), 200, 0, seconds(0, 0)},
		{"head", "HEAD", steps(status(504), ok), 200, 0, seconds(0, 0)},
		{"put", "PUT", steps(status(502), status(502), ok), 200, 0, seconds(0, 0, 1)},
		{"delete", "DELETE", steps(status(502), ok), 200, 0, seconds(0, 0)},
		{"post is not repeated", "POST", steps(status(502), ok), 502, 0, seconds(0)},
		{"patch is not repeated", "PATCH", steps(status(504), ok), 504, 0, seconds(0)},
		{"500 is an answer", "GET", steps(status(500), ok), 500, 0, seconds(0)},
		{"503 is an answer", "GET", steps(status(503), ok), 503, 0, seconds(0)},
		{"429 is an answer", "GET", steps(status(429), ok), 429, 0, seconds(0)},
		{"503 with Retry-After", "GET", steps(status(503, "Retry-After", "30"), ok), 200, 0, seconds(0, 30)},
		{"429 with Retry-After", "PUT", steps(status(429, "Retry-After", "7"), ok), 200, 0, seconds(0, 7)},
		{"413 with Retry-After", "GET", steps(status(413, "Retry-After", "5"), ok), 200, 0, seconds(0, 5)},
		{"429 of a post is an answer", "POST", steps(status(429, "Retry-After", "7"), ok), 429, 0, seconds(0)},
		{"Retry-After of 0", "GET", steps(status(429, "Retry-After", "0"), ok), 200, 0, seconds(0, 0)},
		{"Retry-After again and again", "GET", steps(status(503, "Retry-After", "10")), 503, 0, seconds(0, 10, 20, 30, 40, 50)},
		{"Retry-After takes the place of one delay", "GET",
			steps(status(502), status(503, "Retry-After", "10"), status(502), ok), 200, 0, seconds(0, 0, 10, 12)},
		{"Retry-After for longer than is waited", "GET", steps(status(429, "Retry-After", "301"), ok), 429, 0, seconds(0)},
		{"Retry-After without sense", "GET", steps(status(429, "Retry-After", "soon"), ok), 429, 0, seconds(0)},
		{"broken connection", "GET", steps(drop, drop, ok), 200, 0, seconds(0, 0, 1)},
		{"broken connection of a post", "POST", steps(drop, ok), 0, gate.Connection, seconds(0)},
		{"no answer", "GET", steps(hang, ok), 200, 0, seconds(0, 120)},
		{"no answer to a post", "POST", steps(hang, ok), 0, gate.Timeout, seconds(0)},
		{"broken again and again", "DELETE", steps(drop), 0, gate.Connection, seconds(0, 0, 1, 3, 7, 15)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := &script{steps: c.steps}
			inMemory(t, s.ServeHTTP, func(t *testing.T, g *gate.Gate) {
				body := ""
				if c.method != "GET" && c.method != "HEAD" && c.method != "DELETE" {
					body = `{"a": 1}`
				}
				code, text, err := do(t, g, request(t, c.method, memoryURL+"/api/x", body))
				if c.status == 0 {
					faultOf(t, err, c.kind)
				} else if err != nil || code != c.status || c.method != "HEAD" && text != http.StatusText(code) {
					t.Errorf("got %d %q, %v, want %d", code, text, err, c.status)
				}
				at, bodies := s.seen()
				for _, got := range bodies {
					if got != body {
						t.Errorf("the server got %q", got)
					}
				}
				if diff := cmp.Diff(c.at, at); diff != "" {
					t.Errorf("times of the tries (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func steps(all ...func(http.ResponseWriter, *http.Request)) []func(http.ResponseWriter, *http.Request) {
	return all
}

// TestConnectingIsRetried holds that a request of any method is tried again while nothing was sent, also with a body
// that cannot be read twice.
func TestConnectingIsRetried(t *testing.T) {
	s := &script{steps: steps(status(200))}
	var at []time.Duration
	failing := func(dial dialFunc) dialFunc {
		return func(ctx context.Context, network, address string) (net.Conn, error) {
			if at = append(at, time.Since(s.start)); len(at) <= 3 {
				return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("connection refused")}
			}
			return dial(ctx, network, address)
		}
	}
	inMemoryThrough(t, failing, s.ServeHTTP, func(t *testing.T, g *gate.Gate) {
		s.start = time.Now()
		req := request(t, "POST", memoryURL+"/", "")
		req.Body = io.NopCloser(strings.NewReader("once"))
		if code, _, err := do(t, g, req); err != nil || code != 200 {
			t.Fatalf("got %d, %v", code, err)
		}
	})
	if diff := cmp.Diff(seconds(0, 0, 1, 3), at); diff != "" {
		t.Errorf("times of dialling (-want +got):\n%s", diff)
	}
	_, bodies := s.seen()
	if diff := cmp.Diff([]string{"once"}, bodies); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
}

func TestHopelessIsNotRetried(t *testing.T) {
	dials := 0
	dial := func(context.Context, string, string) (net.Conn, error) {
		dials++
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "cb.example", IsNotFound: true}}
	}
	inMemory(t, status(200), func(t *testing.T, g *gate.Gate) {
		_, _, err := do(t, g, request(t, "GET", memoryURL+"/", ""))
		fault := faultOf(t, err, gate.Connection)
		if !strings.Contains(fault.Hint(), "host name") {
			t.Errorf("hint is %q", fault.Hint())
		}
	}, gate.WithDialer(dial))
	if dials != 1 {
		t.Errorf("dialled %d times", dials)
	}
}

func TestBodyThatCannotBeRepeated(t *testing.T) {
	s := &script{steps: steps(status(502), status(200))}
	inMemory(t, s.ServeHTTP, func(t *testing.T, g *gate.Gate) {
		req := request(t, "PUT", memoryURL+"/", "")
		req.Body = io.NopCloser(bytes.NewBufferString("once"))
		if code, _, err := do(t, g, req); err != nil || code != 502 {
			t.Errorf("got %d, %v, want 502", code, err)
		}
	})
}

func TestNoRetries(t *testing.T) {
	s := &script{steps: steps(status(502), status(200))}
	inMemory(t, s.ServeHTTP, func(t *testing.T, g *gate.Gate) {
		if code, _, err := do(t, g, request(t, "GET", memoryURL+"/", "")); err != nil || code != 502 {
			t.Errorf("got %d, %v, want 502", code, err)
		}
	}, gate.WithMaxRetries(0))
}

// TestWaitingEnds holds that each wait ends at once with the caller's context, with its cause.
func TestWaitingEnds(t *testing.T) {
	stop := errors.New("Ctrl-C")
	cases := []struct {
		name string
		step func(http.ResponseWriter, *http.Request)
	}{
		{"between retries", status(502)},
		{"in a pause", status(503, "Retry-After", "60")},
		{"for an answer", hang},
		{"for a body", stall},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			inMemory(t, c.step, func(t *testing.T, g *gate.Gate) {
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(10*time.Second, func() { cancel(stop) })
				start := time.Now()
				_, _, err := do(t, g, request(t, "GET", memoryURL+"/", "").WithContext(ctx))
				fault := faultOf(t, err, gate.Canceled)
				if !errors.Is(fault, stop) || time.Since(start) != 10*time.Second {
					t.Errorf("ended after %v with %v", time.Since(start), err)
				}
			})
		})
	}
}

func TestDeadlineOfTheCaller(t *testing.T) {
	inMemory(t, hang, func(t *testing.T, g *gate.Gate) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, _, err := do(t, g, request(t, "GET", memoryURL+"/", "").WithContext(ctx))
		if fault := faultOf(t, err, gate.Timeout); !errors.Is(fault, context.DeadlineExceeded) || !fault.Timeout() {
			t.Errorf("got %v", err)
		}
	})
}

// stall sends half of a body and no more.
func stall(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "20")
	io.WriteString(w, "half of it")
	w.(http.Flusher).Flush()
	hang(w, r)
}

// cut sends half of a body and breaks off.
func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "20")
	io.WriteString(w, "half of it")
}

func TestBodies(t *testing.T) {
	trickle := func(w http.ResponseWriter, r *http.Request) {
		for range 5 {
			io.WriteString(w, "part ")
			w.(http.Flusher).Flush()
			time.Sleep(100 * time.Second)
		}
	}
	t.Run("slow as a whole, but never for long", func(t *testing.T) {
		inMemory(t, trickle, func(t *testing.T, g *gate.Gate) {
			if _, body, err := do(t, g, request(t, "GET", memoryURL+"/", "")); err != nil || body != strings.Repeat("part ", 5) {
				t.Errorf("got %q, %v", body, err)
			}
		})
	})
	t.Run("slow reader", func(t *testing.T) {
		inMemory(t, status(200), func(t *testing.T, g *gate.Gate) {
			resp, err := g.RoundTrip(request(t, "GET", memoryURL+"/", ""))
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
			if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "OK" {
				t.Errorf("got %q, %v", body, err)
			}
		})
	})
	t.Run("stalled", func(t *testing.T) {
		inMemory(t, stall, func(t *testing.T, g *gate.Gate) {
			start := time.Now()
			_, body, err := do(t, g, request(t, "GET", memoryURL+"/", ""))
			faultOf(t, err, gate.Timeout)
			if took := time.Since(start); body != "half of it" || took != 30*time.Second {
				t.Errorf("got %q after %v", body, took)
			}
		}, gate.WithTimeout(30*time.Second))
	})
	t.Run("cut", func(t *testing.T) {
		inMemory(t, cut, func(t *testing.T, g *gate.Gate) {
			_, _, err := do(t, g, request(t, "GET", memoryURL+"/", ""))
			if fault := faultOf(t, err, gate.Connection); !errors.Is(fault, io.ErrUnexpectedEOF) || fault.Op != "read" {
				t.Errorf("got %v", err)
			}
		})
	})
	t.Run("no limit", func(t *testing.T) {
		inMemory(t, func(w http.ResponseWriter, r *http.Request) { time.Sleep(50 * time.Minute) }, func(t *testing.T, g *gate.Gate) {
			if code, _, err := do(t, g, request(t, "GET", memoryURL+"/", "")); err != nil || code != 200 {
				t.Errorf("got %d, %v", code, err)
			}
		}, gate.WithTimeout(0))
	})
}

// TestStalledUpload holds that sending ends when the server takes no more of it.
func TestStalledUpload(t *testing.T) {
	release := make(chan struct{})
	_, p := serve(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	g := open(t, p, gate.WithTimeout(200*time.Millisecond))
	_, _, err := do(t, g, request(t, "POST", p.URL+"/", strings.Repeat("x", 32<<20)))
	if fault := faultOf(t, err, gate.Timeout); fault.Op != "send" {
		t.Errorf("got %v", err)
	}
}
