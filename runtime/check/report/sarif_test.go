package report

import "testing"

// TestFileURI is inside the package: what an absolute path is, is another thing on each system.
func TestFileURI(t *testing.T) {
	for path, want := range map[string]string{
		"/srv/a b#.star":     "file:///srv/a%20b%23.star",
		"C:/scripts/a%.star": "file:///C:/scripts/a%25.star",
		"//nas/share/x.star": "file:////nas/share/x.star",
	} {
		if got := fileURI(path); got != want {
			t.Errorf("fileURI(%q) = %q, want %q", path, got, want)
		}
	}
}
