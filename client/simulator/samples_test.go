package simulator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/cbscript/cbscript/client/simulator"
)

// sample reads a body that was recorded from a real server. The recordings are not part of the repository; without
// them the test is skipped.
func sample(t *testing.T, name string) any {
	t.Helper()
	for _, root := range []string{"../../..", "../../../.."} { // beside the repository, or beside a worktree's folder
		data, err := os.ReadFile(filepath.Join(root, "shared/contract/samples", name))
		if err != nil {
			continue
		}
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	t.Skipf("no recorded %s", name)
	return nil
}

// TestSamples compares answers with recorded ones: the same fields, of the same types.
func TestSamples(t *testing.T) {
	s := start(t, simulator.Options{})
	for _, tt := range []struct {
		sample, path string
		// more are fields that the recorded object lacks, less such that the simulator leaves out.
		more, less []string
	}{
		{"info.json", "/api/info", nil, nil},
		{"sensor.json", "/api/v1/sensor/1", nil, nil},
		{"process_search_rows0.json", "/api/v1/process?cb.urlver=1&facet=false&q=&rows=0&start=0", nil, nil},
		{"binary_search_rows0.json", "/api/v1/binary?cb.urlver=1&facet=false&q=&rows=0&start=0", nil, nil},
		{
			"binary_search_rows1.json", "/api/v1/binary?cb.urlver=1&facet=false&q=&rows=1&start=0",
			[]string{
				"results.digsig_issuer", "results.digsig_subject", "results.alliance_data_srstrust", "results.alliance_score_srstrust",
				"results.alliance_link_srstrust", "results.alliance_updated_srstrust",
			},
			[]string{"results.watchlists.wid", "results.watchlists.value"}, // no watchlist met the binary
		},
		{"storage_partitions.json", "/api/v1/storage/events/partition", nil, nil},
	} {
		t.Run(tt.sample, func(t *testing.T) {
			want := shape(sample(t, tt.sample))
			got := shape(get[any](t, s, tt.path))
			for _, field := range slices.Sorted(maps.Keys(want)) {
				if _, ok := got[field]; !ok && !slices.Contains(tt.less, field) {
					t.Errorf("field %s is missing", field)
				} else if ok && !agree(want[field], got[field]) {
					t.Errorf("field %s is %v, recorded as %v", field, got[field], want[field])
				}
			}
			for _, field := range slices.Sorted(maps.Keys(got)) {
				if _, ok := want[field]; !ok && !slices.Contains(tt.more, field) {
					t.Errorf("field %s was not recorded", field)
				}
			}
		})
	}
}

// agree reports whether two sets of types have one in common; null agrees with all, as does an empty list.
func agree(a, b map[string]bool) bool {
	for typ := range a {
		if typ == "null" || b[typ] || b["null"] {
			return true
		}
	}
	return false
}

// shape gives the types of each field, by its path. The elements of lists, and the partitions in the map that the
// server answers, are taken together.
func shape(v any) map[string]map[string]bool {
	all := make(map[string]map[string]bool)
	var walk func(path string, v any)
	walk = func(path string, v any) {
		if all[path] == nil {
			all[path] = make(map[string]bool)
		}
		switch v := v.(type) {
		case map[string]any:
			all[path]["object"] = true
			for name, w := range v {
				inner := path + "." + name
				if path == "" {
					inner = name
				}
				if m, ok := w.(map[string]any); ok && m["info"] != nil {
					inner = "(partition)"
				}
				walk(inner, w)
			}
		case []any:
			all[path]["list"] = true
			for _, w := range v {
				if _, ok := w.(map[string]any); ok {
					walk(path, w)
				}
			}
		case nil:
			all[path]["null"] = true
		default:
			all[path][fmt.Sprintf("%T", v)] = true
		}
	}
	walk("", v)
	return all
}
