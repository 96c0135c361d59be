package client_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cbscript/cbscript/client"
)

// TestOddPages says what reading costs, and what is logged, when pages are not as long as was asked for.
func TestOddPages(t *testing.T) {
	for _, c := range []struct {
		name     string
		answer   func(start, rows int) string
		results  int
		requests int
		warned   string
	}{
		{"a server with a limit of its own", func(start, rows int) string {
			return gadgetRows(start, min(40, start+min(rows, 2)), 40)
		}, 40, 21, ""}, // one page was asked for ahead before the limit showed
		{"pages that are short by chance", func(start, rows int) string {
			return gadgetRows(start, min(41, start+rows-start%2), 41)
		}, 41, 15, ""},
		{"a short page while those after it are on their way", func(start, rows int) string {
			if start == 12 {
				rows = 2
			}
			return gadgetRows(start, min(40, start+rows), 40)
		}, 40, 14, ""},
		{"one result less than announced", func(start, rows int) string {
			return gadgetRows(start, min(8, start+rows), 9)
		}, 8, 3, "overestimated"},
		{"an empty page before the announced end", func(start, rows int) string {
			return gadgetRows(start, min(8, start+rows), 20)
		}, 8, 6, "overestimated"},
		{"an empty page that takes the announcement back", func(start, rows int) string {
			if start >= 8 {
				return gadgetRows(start, start, 0)
			}
			return gadgetRows(start, start+rows, 20)
		}, 8, 6, "overestimated"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := &fakeServer{answer: func(r *http.Request, _ string) (int, string) {
				start, _ := strconv.Atoi(r.URL.Query().Get("start"))
				rows, _ := strconv.Atoi(r.URL.Query().Get("rows"))
				return 200, c.answer(start, rows)
			}}
			var log bytes.Buffer
			q := newClient(server, client.WithLogger(slog.New(slog.NewTextHandler(&log, nil)))).Select(gadget)
			var ids []int64
			for o, err := range q.All(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				ids = append(ids, o.ID().Value.(int64))
			}
			if !slices.IsSorted(ids) || len(ids) != c.results || len(slices.Compact(ids)) != c.results {
				t.Errorf("got %d results, want %d, each once: %v", len(ids), c.results, ids)
			}
			if n, err := q.Len(t.Context()); n != c.results || err != nil {
				t.Errorf("after reading the length is %d, %v; want %d", n, err, c.results)
			}
			if asked := server.asked(); len(asked) > c.requests {
				t.Errorf("made %d requests, want at most %d:\n%s", len(asked), c.requests, strings.Join(asked, "\n"))
			}
			if got := log.String(); (c.warned == "") != (got == "") || !strings.Contains(got, c.warned) {
				t.Errorf("logged %q, want a line with %q", got, c.warned)
			}
		})
	}
}

// TestShortPagesAhead: once a server has shown that its pages are shorter than asked for, they are asked for ahead again.
func TestShortPagesAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &fakeServer{answer: func(r *http.Request, _ string) (int, string) {
			time.Sleep(time.Second)
			start, _ := strconv.Atoi(r.URL.Query().Get("start"))
			return 200, gadgetRows(start, min(80, start+2), 80)
		}}
		begun, n := time.Now(), 0
		for _, err := range newClient(server).Select(gadget).All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if took := time.Since(begun); n != 80 || took > 15*time.Second {
			t.Errorf("40 pages of %d results took %s, want most of the time saved", n, took)
		}
	})
}
