package gate_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/gate"
)

// crowd counts how many requests are at a server at once.
type crowd struct {
	mu        sync.Mutex
	now, most int
}

func (c *crowd) enter() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now++
	c.most = max(c.most, c.now)
}

func (c *crowd) leave() { c.mu.Lock(); c.now--; c.mu.Unlock() }

func (c *crowd) peak() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	most := c.most
	c.most = 0
	return most
}

// burst sends n requests at once and waits for all answers.
func burst(t *testing.T, g *gate.Gate, n int, path string) {
	t.Helper()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if _, _, err := do(t, g, request(t, "GET", memoryURL+path, "")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestInFlight(t *testing.T) {
	c := &crowd{}
	handler := func(http.ResponseWriter, *http.Request) {
		c.enter()
		defer c.leave()
		time.Sleep(100 * time.Millisecond)
	}
	for _, tc := range []struct {
		name    string
		options []gate.Option
		want    int
	}{
		{"default", nil, 4},
		{"one", []gate.Option{gate.WithInFlight(1)}, 1},
		{"many", []gate.Option{gate.WithInFlight(16)}, 16},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inMemory(t, handler, func(t *testing.T, g *gate.Gate) {
				burst(t, g, 20, "/")
				if got := c.peak(); got != tc.want {
					t.Errorf("%d requests at once, want %d", got, tc.want)
				}
			}, tc.options...)
		})
	}
}

// TestFilesInFlight holds that files on their way, to the server or from it, hold up no other requests.
func TestFilesInFlight(t *testing.T) {
	var release chan struct{} // of the time in which it is waited for
	handler := func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/get":
			w.Header().Set("Content-Type", "application/octet-stream")
			_ = http.NewResponseController(w).Flush()
			<-release
		case "/put":
			<-release
		}
	}
	inMemory(t, handler, func(t *testing.T, g *gate.Gate) {
		release = make(chan struct{})
		get, err := http.NewRequestWithContext(t.Context(), http.MethodGet, memoryURL+"/get", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := g.RoundTrip(get)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		sent := make(chan error)
		go func() {
			put, err := http.NewRequestWithContext(t.Context(), http.MethodPost, memoryURL+"/put", strings.NewReader("--b--"))
			if err == nil {
				put.Header.Set("Content-Type", "multipart/form-data; boundary=b")
				var resp *http.Response
				if resp, err = g.RoundTrip(put); err == nil {
					err = resp.Body.Close()
				}
			}
			sent <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, _, err := do(t, g, request(t, "GET", memoryURL+"/", "").WithContext(ctx)); err != nil {
			t.Errorf("a request beside two files: %v", err)
		}
		close(release)
		if err := <-sent; err != nil {
			t.Error(err)
		}
	}, gate.WithInFlight(1))
}

// TestInFlightAdapts holds that fewer requests are sent to a server that says it is overloaded or becomes slow, and as
// many as before once it is well again.
func TestInFlightAdapts(t *testing.T) {
	cases := []struct {
		name  string
		ill   func(w http.ResponseWriter)
		want  []int // peaks of three bursts of 8: at first, while it is ill, after two more bursts of it
		after int   // bursts that it needs to be back at 4
	}{
		{"429", func(w http.ResponseWriter) { w.WriteHeader(http.StatusTooManyRequests) }, []int{4, 4, 1}, 4},
		{"503", func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) }, []int{4, 4, 1}, 4},
		{"slow", func(http.ResponseWriter) { time.Sleep(5 * time.Second) }, []int{4, 4, 2}, 3},
		{"a little slow", func(http.ResponseWriter) { time.Sleep(800 * time.Millisecond) }, []int{4, 4, 4}, 0},
		{"another status", func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) }, []int{4, 4, 4}, 0},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			c, ill := &crowd{}, false
			handler := func(w http.ResponseWriter, _ *http.Request) {
				c.enter()
				defer c.leave()
				time.Sleep(100 * time.Millisecond)
				if ill {
					tc.ill(w)
				}
			}
			inMemory(t, handler, func(t *testing.T, g *gate.Gate) {
				var got []int
				burst(t, g, 8, "/api/v1/sensor/1")
				got = append(got, c.peak())
				ill = true
				burst(t, g, 8, "/api/v1/sensor/2")
				got = append(got, c.peak())
				burst(t, g, 8, "/api/v1/sensor/3")
				burst(t, g, 8, "/api/v1/sensor/3")
				c.peak()
				burst(t, g, 8, "/api/v1/sensor/3")
				got = append(got, c.peak())
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("requests at once (-want +got):\n%s", diff)
				}
				ill = false
				for range tc.after {
					burst(t, g, 8, "/api/v1/sensor/4")
				}
				c.peak()
				burst(t, g, 8, "/api/v1/sensor/4")
				if got := c.peak(); got != 4 {
					t.Errorf("%d requests at once after the server was well again, want 4", got)
				}
			})
		})
	}
}

// TestSlowRouteIsNoIllness holds that a route that always takes long does not count as a server that becomes slow.
func TestSlowRouteIsNoIllness(t *testing.T) {
	c := &crowd{}
	handler := func(_ http.ResponseWriter, r *http.Request) {
		c.enter()
		defer c.leave()
		time.Sleep(50 * time.Millisecond)
		if r.URL.Path == "/api/v1/process" {
			time.Sleep(20 * time.Second)
		}
	}
	inMemory(t, handler, func(t *testing.T, g *gate.Gate) {
		for range 3 {
			burst(t, g, 8, "/api/info")
			burst(t, g, 8, "/api/v1/process")
		}
		c.peak()
		burst(t, g, 8, "/api/v1/process")
		if got := c.peak(); got != 4 {
			t.Errorf("%d requests at once, want 4", got)
		}
	})
}

// TestPauseStopsAll holds that no request at all is sent before the time that one answer asked to wait for.
func TestPauseStopsAll(t *testing.T) {
	for _, code := range []int{429, 503} {
		var mu sync.Mutex
		var at []time.Duration
		var start time.Time
		first := true
		handler := func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			at = append(at, time.Since(start).Round(time.Millisecond))
			refuse := first
			first = false
			mu.Unlock()
			if refuse {
				status(code, "Retry-After", "60")(w, r)
			}
		}
		inMemory(t, handler, func(t *testing.T, g *gate.Gate) {
			start = time.Now()
			if code, _, err := do(t, g, request(t, "POST", memoryURL+"/api/v1/x", "{}")); err != nil || code != 429 && code != 503 {
				t.Fatalf("got %d, %v", code, err)
			}
			var wg sync.WaitGroup
			for i, method := range []string{"GET", "POST", "DELETE"} {
				wg.Go(func() {
					time.Sleep(time.Duration(i) * time.Second)
					if code, _, err := do(t, g, request(t, method, memoryURL+"/api/v1/y", "")); err != nil || code != 200 {
						t.Errorf("got %d, %v", code, err)
					}
				})
			}
			wg.Wait()
		})
		if diff := cmp.Diff(seconds(0, 60, 60, 60), at); diff != "" {
			t.Errorf("times of the requests (-want +got):\n%s", diff)
		}
	}
}

// TestPauseReachesTheQueue holds that a pause also stops those who were waiting for their turn when it began.
func TestPauseReachesTheQueue(t *testing.T) {
	s := &script{steps: steps(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(2 * time.Second)
		status(429, "Retry-After", "30")(w, r)
	}, status(200))}
	inMemory(t, s.ServeHTTP, func(t *testing.T, g *gate.Gate) { burst(t, g, 3, "/") }, gate.WithInFlight(1))
	at, _ := s.seen()
	if diff := cmp.Diff(seconds(0, 32, 32, 32), at); diff != "" {
		t.Errorf("times of the requests (-want +got):\n%s", diff)
	}
}

func TestLongPauseFailsAtOnce(t *testing.T) {
	s := &script{steps: steps(status(429, "Retry-After", "3600"), status(200))}
	inMemory(t, s.ServeHTTP, func(t *testing.T, g *gate.Gate) {
		start := time.Now()
		if code, _, err := do(t, g, request(t, "GET", memoryURL+"/", "")); err != nil || code != 429 {
			t.Fatalf("got %d, %v", code, err)
		}
		_, _, err := do(t, g, request(t, "GET", memoryURL+"/", ""))
		fault := faultOf(t, err, gate.Throttled)
		if want := "the server limits how often it is asked: try again after 2000-01-01 01:00:00 UTC"; fault.Hint() != want {
			t.Errorf("hint is %q, want %q", fault.Hint(), want)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("took %v", took)
		}
		time.Sleep(time.Hour)
		if code, _, err := do(t, g, request(t, "GET", memoryURL+"/", "")); err != nil || code != 200 {
			t.Errorf("got %d, %v after the pause", code, err)
		}
	})
}

// TestWaitingForATurnEnds holds that who waits for a place leaves with its context, and takes nobody's place along.
func TestWaitingForATurnEnds(t *testing.T) {
	c := &crowd{}
	inMemory(t, func(http.ResponseWriter, *http.Request) { c.enter(); defer c.leave(); time.Sleep(time.Minute) }, func(t *testing.T, g *gate.Gate) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				time.Sleep(time.Second)
				_, _, err := do(t, g, request(t, "GET", memoryURL+"/", "").WithContext(ctx))
				if fault := faultOf(t, err, gate.Timeout); fault.Op != "wait" {
					t.Errorf("op is %q", fault.Op)
				}
			})
		}
		burst(t, g, 2, "/")
		wg.Wait()
		burst(t, g, 4, "/")
		if got := c.peak(); got != 2 {
			t.Errorf("%d requests at once, want 2", got)
		}
	}, gate.WithInFlight(2))
}
