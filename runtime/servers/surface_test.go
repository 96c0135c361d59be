package servers_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/runtime/check"
	"github.com/cbscript/cbscript/runtime/servers"
)

func TestSurface(t *testing.T) {
	s := servers.NewSurface()
	for name, want := range map[string][]string{
		"isolate":                   {"isolate"},
		"network_isolation_enabled": nil, // which is read
		"save":                      {"write"},
		"artifact":                  {"artifacts"},
		"put_file":                  {"respond-write"},
		"get_file":                  {"respond"},
		"submit_job":                {"respond"},
		"resetCLIPassword":          {"secrets", "write"},
		"cmdline":                   nil,
		"first":                     nil,
		"has_permission":            nil,
		"wait":                      nil, // also of a memory dump, which start_memdump gives
	} {
		if diff := cmp.Diff(want, s.Capabilities(name)); diff != "" {
			t.Errorf("Capabilities(%s), -want +got:\n%s", name, diff)
		}
	}
	if diff := cmp.Diff([]string{"isolate"}, s.Setting("network_isolation_enabled")); diff != "" {
		t.Errorf("Setting(network_isolation_enabled), -want +got:\n%s", diff)
	}
	for name, want := range map[string]string{"cb": "response", "Process": "response", "emit": "", "first": ""} {
		if product, ok := s.Predeclared(name); !ok || product != want {
			t.Errorf("Predeclared(%s) = %q, %v, want %q", name, product, ok, want)
		}
	}
	if _, ok := s.Predeclared("Computer"); ok {
		t.Error("a model of another product is predeclared")
	}
	if !s.Model("protection", "Computer") || s.Model("response", "Computer") || !s.Model("response", "Sensor") {
		t.Error("the models are not those of the products")
	}
	if s.Secret("cmdline") {
		t.Error("cmdline is no secret")
	}
	pool := servers.New(servers.Config{})
	if diff := cmp.Diff(slices.Sorted(slices.Values(pool.Predeclared().Keys())), s.Names()); diff != "" {
		t.Errorf("the names of a pool and of its surface differ (-pool +surface):\n%s", diff)
	}
}

// TestSurfaceSecrets holds that every field that is marked secret is known to the check.
func TestSurfaceSecrets(t *testing.T) {
	s := servers.NewSurface()
	for _, p := range servers.Products() {
		for _, k := range p.Kinds {
			for _, f := range k.Fields {
				if f.Secret && !s.Secret(f.Name) {
					t.Errorf("%s.%s is a secret", k.Name, f.Name)
				}
			}
		}
	}
}

func TestSurfaceServesTheCheck(t *testing.T) {
	report, err := check.Script("hunt.star", []byte("s = select(Sensor).first()\ns.isolate()\nload(\"cb/protection\", \"Computer\")\n"),
		check.Options{Surface: servers.NewSurface()})
	if err != nil {
		t.Fatal(err)
	}
	if !report.OK() {
		t.Errorf("findings: %v", report.Findings)
	}
	var got []string
	for _, list := range [][]check.Use{report.Needs.Products, report.Needs.Capabilities, report.Needs.Models} {
		for _, use := range list {
			got = append(got, use.Name)
		}
	}
	if diff := cmp.Diff([]string{"protection", "response", "isolate", "protection.Computer", "response.Sensor"}, got); diff != "" {
		t.Errorf("needs, -want +got:\n%s", diff)
	}
}
