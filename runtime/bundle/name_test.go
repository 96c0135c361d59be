package bundle_test

import (
	"strings"
	"testing"

	"github.com/cbscript/cbscript/runtime/bundle"
)

func TestParseRef(t *testing.T) {
	tests := []struct {
		in, wantErr string
	}{
		{"acme/hunts@1.2.0", ""},
		{"a/b@0.0.1-beta.1", ""},
		{"acme-corp/net_tools.v2@10.20.30", ""},
		{"acme/hunts", "it has no version"},
		{"hunts@1.2.0", "a bundle is named by its author and its name"},
		{"acme/hunts/x@1.2.0", `"hunts/x" cannot be an author or a name`},
		{"Acme/hunts@1.2.0", `"Acme" cannot be an author or a name`},
		{"../hunts@1.2.0", `".." cannot be an author or a name`},
		{"acme/con@1.2.0", `"con" cannot be an author or a name`},
		{"cb/response@1.2.0", `"cb" is not an author`},
		{"std/lists@1.2.0", `"std" is not an author`},
		{"acme/hunts@1.2", "it is not a version"},
		{"acme/hunts@v1.2.0", "it is not a version"},
		{"acme/hunts@1.02.0", "it is not a version"},
		{"acme/hunts@latest", "it is not a version"},
		{"acme/hunts@", "it is not a version"},
		{"acme/hunts@1.2.0@1.2.0", "it is not a version"},
		{"acme/" + strings.Repeat("x", 65) + "@1.2.0", "cannot be an author or a name"},
	}
	for _, tt := range tests {
		ref, err := bundle.ParseRef(tt.in)
		switch {
		case tt.wantErr == "" && (err != nil || ref.String() != tt.in):
			t.Errorf("%s: got %v, %v", tt.in, ref, err)
		case tt.wantErr != "" && (err == nil || !strings.Contains(err.Error(), tt.wantErr)):
			t.Errorf("%s: got error %v, want one with %q", tt.in, err, tt.wantErr)
		}
	}
}

func TestSplitModule(t *testing.T) {
	tests := []struct {
		in, name, file string
		ok             bool
	}{
		{"acme/hunts/net.star", "acme/hunts", "net.star", true},
		{"acme/hunts/lib/ip.star", "acme/hunts", "lib/ip.star", true},
		{"acme/net.star", "", "", false},
		{"std/a/b.star", "std/a", "b.star", false},
		{"acme/hunts/../x.star", "acme/hunts", "../x.star", false},
		{"./a/b/c.star", "./a", "b/c.star", false},
	}
	for _, tt := range tests {
		name, file, ok := bundle.SplitModule(tt.in)
		if name != tt.name || file != tt.file || ok != tt.ok {
			t.Errorf("%s: got %q, %q, %v, want %q, %q, %v", tt.in, name, file, ok, tt.name, tt.file, tt.ok)
		}
	}
}

func TestCompareVersions(t *testing.T) {
	ordered := []string{"0.9.0", "1.0.0-alpha", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0", "1.9.0", "1.10.0"}
	for i, a := range ordered {
		for j, b := range ordered {
			if got := bundle.CompareVersions(a, b); got < 0 != (i < j) || got == 0 != (i == j) {
				t.Errorf("%s against %s gives %d", a, b, got)
			}
		}
	}
}
