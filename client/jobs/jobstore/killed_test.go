package jobstore_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/cbscript/cbscript/client/jobs/jobstore"
)

// saverVariable names the file that the test's process is to save records to until it is killed.
const saverVariable = "CBSCRIPT_TEST_SAVE_TO"

func TestMain(m *testing.M) {
	if path := os.Getenv(saverVariable); path != "" {
		saveFor(path)
	}
	os.Exit(m.Run())
}

// saveFor saves records, and tells of each that it is saved.
func saveFor(path string) {
	s, err := jobstore.Open(path, identity)
	for i := int64(0); err == nil; i++ {
		if err = s.Save(context.Background(), record(i%500)); err == nil {
			fmt.Println(i)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// TestKilled kills a process in the middle of its saves, several times: what it was told to be saved is there.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jobs")
	for round := range 5 {
		saver := exec.Command(os.Args[0])
		saver.Env = append(os.Environ(), saverVariable+"="+path)
		saver.Stderr = os.Stderr
		out, err := saver.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := saver.Start(); err != nil {
			t.Fatal(err)
		}
		told := int64(-1)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if told++; told == int64(20+37*round) {
				if err := saver.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := saver.Wait(); err == nil {
			t.Error("it was not killed")
		}
		s := open(t, path)
		if s.Run() != 2*round+2 {
			t.Errorf("it is run %d", s.Run())
		}
		for i := range told + 1 {
			if _, found, err := s.Load(t.Context(), record(i%500).Key); !found || err != nil {
				t.Fatalf("record %d of %d is lost: %v", i, told, err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
