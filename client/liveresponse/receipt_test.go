package liveresponse_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
)

// receipted is the way to a simulator on which receipts are noted.
type receipted struct {
	memory
	noter http.RoundTripper
}

func (r receipted) RoundTrip(req *http.Request) (*http.Response, error) {
	return r.noter.RoundTrip(req)
}

// received opens a session with a workstation, lets use work with it, and gives what was noted, and the requests.
func received(t *testing.T, use func(ctx context.Context, s *liveresponse.Session) error) ([]client.Receipt, []string) {
	t.Helper()
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	var got []client.Receipt
	way := memory{sim}
	c := response.New(receipted{way, liveresponse.Response().Receipts(way, func(r client.Receipt) { got = append(got, r) })})
	s := open(t, c, workstation)
	sent(t, sim)
	if err := use(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	requests := sent(t, sim)
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return got, requests
}

const hosts = `c:\windows\system32\drivers\etc\hosts`

// whole reads a file to its end.
func whole(f *client.File, err error) error {
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(io.Discard, f)
	return err
}

func TestReceipts(t *testing.T) {
	const text = "# hosts of WS-FIN-01\r\n127.0.0.1 localhost\r\n"
	created := time.Date(2016, 6, 18, 8, 20, 14, 0, time.UTC)
	plain := client.Receipt{Kind: client.ReceiptFile, Sensor: 11, Host: "WS-FIN-01", Session: "1", Path: hosts, Size: int64(len(text)), SHA256: sha256.Sum256([]byte(text))}
	with := func(change func(r *client.Receipt)) []client.Receipt {
		r := plain
		change(&r)
		return []client.Receipt{r}
	}
	listed := func(r *client.Receipt) { r.Created, r.Modified, r.Accessed = created, created, created }
	for _, test := range []struct {
		name string
		use  func(ctx context.Context, s *liveresponse.Session) error
		want []client.Receipt
	}{
		{"bytes", func(ctx context.Context, s *liveresponse.Session) error {
			_, err := s.GetFile(ctx, hosts, liveresponse.Poll{})
			return err
		}, []client.Receipt{plain}},
		{"a stream", func(ctx context.Context, s *liveresponse.Session) error {
			return whole(s.GetRawFile(ctx, hosts, liveresponse.Poll{}))
		}, []client.Receipt{plain}},
		{"a stream that is not read to its end", func(ctx context.Context, s *liveresponse.Session) error {
			f, err := s.GetRawFile(ctx, hosts, liveresponse.Poll{})
			if err == nil {
				_, err = io.ReadFull(f, make([]byte, 5))
			}
			return err
		}, nil},
		{"a part", func(ctx context.Context, s *liveresponse.Session) error {
			return whole(s.GetPart(ctx, hosts, 4, 5, liveresponse.Poll{}))
		}, with(func(r *client.Receipt) {
			r.Offset, r.Count, r.Size, r.SHA256 = 4, 5, 5, sha256.Sum256([]byte(text[4:9]))
		})},
		{"a file whose directory was listed", func(ctx context.Context, s *liveresponse.Session) error {
			if _, err := s.ListDirectory(ctx, `C:/Windows\System32\\drivers\etc\*`); err != nil {
				return err
			}
			_, err := s.GetFile(ctx, hosts, liveresponse.Poll{})
			return err
		}, with(listed)},
		{"a file that was listed afterwards", func(ctx context.Context, s *liveresponse.Session) error {
			if _, err := s.GetFile(ctx, hosts, liveresponse.Poll{}); err != nil {
				return err
			}
			_, err := s.ListDirectory(ctx, hosts)
			return err
		}, []client.Receipt{plain}},
		{"a file that is not there", func(ctx context.Context, s *liveresponse.Session) error {
			if _, err := s.GetFile(ctx, `c:\nothing`, liveresponse.Poll{}); err == nil {
				return fmt.Errorf("a file was received that there is not")
			}
			return nil
		}, nil},
		{"a file that was put there", func(ctx context.Context, s *liveresponse.Session) error {
			if err := s.PutFile(ctx, strings.NewReader("x"), `c:\put`); err != nil {
				return err
			}
			_, err := s.GetFile(ctx, `c:\put`, liveresponse.Poll{})
			return err
		}, with(func(r *client.Receipt) { r.Path, r.Size, r.SHA256 = `c:\put`, 1, sha256.Sum256([]byte("x")) })},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, _ := received(t, test.use)
			for _, r := range got {
				if r.Completed.IsZero() || test.name == "a file whose directory was listed" && r.Listed.IsZero() {
					t.Errorf("the server's times are not there: %+v", r)
				}
			}
			if diff := cmp.Diff(test.want, got, cmpopts.IgnoreFields(client.Receipt{}, "Completed", "Answered", "Listed")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestReceiptsOfDumpsAndArchives(t *testing.T) {
	got, _ := received(t, func(ctx context.Context, s *liveresponse.Session) error {
		for _, compress := range []bool{false, true} {
			if err := whole(s.Memdump(ctx, `c:\dump`, compress)); err != nil {
				return err
			}
		}
		return whole(s.Archive(ctx))
	})
	var kinds []string
	for _, r := range got {
		kinds = append(kinds, fmt.Sprintf("%s %s of %d %s", r.Kind, r.Path, r.Sensor, r.Host))
	}
	want := []string{`memory dump c:\dump of 11 WS-FIN-01`, `memory dump c:\dump.zip of 11 WS-FIN-01`, `session archive  of 11 WS-FIN-01`}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestReceiptsCostNothing compares the requests with those that are made without.
func TestReceiptsCostNothing(t *testing.T) {
	use := func(ctx context.Context, s *liveresponse.Session) error {
		if _, err := s.ListDirectory(ctx, `c:\windows\*`); err != nil {
			return err
		}
		return whole(s.GetRawFile(ctx, hosts, liveresponse.Poll{}))
	}
	_, got := received(t, use)
	sim, c := connect(t, simulator.Options{})
	s := open(t, c, workstation)
	sent(t, sim)
	if err := use(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sent(t, sim), got); diff != "" {
		t.Errorf("(-without +with)\n%s", diff)
	}
}

// script is a server that gives the answers that a test says.
type script map[string]string

func (s script) RoundTrip(req *http.Request) (*http.Response, error) {
	text, ok := s[req.Method+" "+req.URL.EscapedPath()]
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), ContentLength: -1, Request: req}
	if !ok {
		resp.StatusCode = http.StatusNotFound
	}
	return resp, nil
}

// exchange sends requests as "METHOD path body" and reads the answers.
func exchange(t *testing.T, d liveresponse.Dialect, answers script, requests ...string) []client.Receipt {
	t.Helper()
	var got []client.Receipt
	way := d.Receipts(answers, func(r client.Receipt) { got = append(got, r) })
	for _, request := range requests {
		method, rest, _ := strings.Cut(request, " ")
		path, body, _ := strings.Cut(rest, " ")
		req, err := http.NewRequestWithContext(t.Context(), method, "https://cb.example"+path, bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := way.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	return got
}

// TestReceiptsAreByTheServersWord looks at what somebody can achieve who sends odd requests.
func TestReceiptsAreByTheServersWord(t *testing.T) {
	const base = "/integrationServices/v3/cblr/session"
	answers := script{
		"GET " + base + "/1:2":                  `{"id": "1:2", "sensor_id": 2, "hostname": "a"}`,
		"POST " + base + "/1:2/command":         `{"id": 7, "name": "get file", "object": "/etc/real", "file_id": 3}`,
		"GET " + base + "/1:2/command/7":        `{"id": 7, "name": "get file", "status": "complete", "file_id": 3, "completion": 1e300}`,
		"GET " + base + "/1:2/file/3/content":   "x",
		"GET " + base + "/1:2//file/3/content":  "x",
		"GET " + base + "/9/file/3/content":     "x",
		"GET " + base + "/1%3A2/file/3/content": "x",
	}
	content := "GET " + base + "/1:2/file/3/content"
	command := "POST " + base + "/1:2/command "
	want := client.Receipt{Kind: client.ReceiptFile, Sensor: 2, Host: "a", Session: "1:2", Path: "/etc/real", Size: 1, SHA256: sha256.Sum256([]byte("x"))}
	for _, test := range []struct {
		name     string
		requests []string
		want     []client.Receipt
	}{
		{"another path in the command than the server took", []string{command + `{"object": "/etc/other"}`, content}, []client.Receipt{want}},
		{"a member twice", []string{command + `{"object": "/etc/real", "offset": 3, "offset": 0}`, content}, nil},
		{"a member twice in two cases", []string{command + `{"object": "/etc/real", "offset": 3, "Offset": 0}`, content}, nil},
		{"no object", []string{command + `[]`, content}, nil},
		{"a file that was not asked for", []string{content}, nil},
		{"a session that is not known", []string{command + `{}`, "GET " + base + "/9/file/3/content"}, nil},
		{"a path that servers may read in another way", []string{command + `{}`, "GET " + base + "/1:2//file/3/content"}, nil},
		{"an escaped path", []string{command + `{}`, "GET " + base + "/1%3A2/file/3/content"}, []client.Receipt{want}},
	} {
		got := exchange(t, liveresponse.Defense(), answers, append([]string{"GET " + base + "/1:2", "GET " + base + "/1:2/command/7"}, test.requests...)...)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
}

func FuzzReceipts(f *testing.F) {
	f.Add(`{"object": "c:\\a"}`, `{"id": 7, "sensor_id": 2, "name": "get file", "object": "c:\\a", "file_id": 3}`, `{"name": "get file", "status": "complete", "file_id": 3, "completion": 1.5}`)
	f.Add(`{"offset": 1e9}`, `{"id": "7", "name": "memdump"}`, `{"name": "directory list", "status": "complete", "object": "/a/*", "files": [{"filename": "b", "create_time": -1}]}`)
	f.Add(`{"offset": 1, "OFFSET": 2}`, `[]`, `null`)
	f.Fuzz(func(t *testing.T, order, posted, told string) {
		const base = "/api/v1/cblr/session"
		answers := script{"POST " + base + "/1/command": posted, "GET " + base + "/1/command/7": told, "GET " + base + "/1": told,
			"GET " + base + "/1/file/3/content": "x", "GET " + base + "/1/archive": "y"}
		for _, r := range exchange(t, liveresponse.Response(), answers, "GET "+base+"/1", "POST "+base+"/1/command "+order, "GET "+base+"/1/command/7",
			"GET "+base+"/1/file/3/content", "GET "+base+"/1/archive") {
			for _, at := range []time.Time{r.Created, r.Modified, r.Accessed, r.Listed, r.Completed} {
				if _, err := at.MarshalJSON(); err != nil {
					t.Errorf("the receipt %+v cannot be written: %v", r, err)
				}
			}
			if r.Size != 1 || r.Sensor < 0 {
				t.Errorf("got %+v", r)
			}
		}
	})
}
