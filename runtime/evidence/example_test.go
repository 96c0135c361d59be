package evidence_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/runtime/evidence"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "case-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()

	book := evidence.NewBook()
	book.Note(client.Receipt{SHA256: sha256.Sum256([]byte("data")), Kind: client.ReceiptFile, Sensor: 11, Path: `c:\temp\x`})
	folder, err := evidence.Open(dir, evidence.Config{Book: book, Script: "collect.star"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for name, data := range map[string]string{"x": "data"} {
		if _, err := folder.Save(ctx, name, strings.NewReader(data)); err != nil {
			fmt.Println(err)
		}
	}
	if err := folder.Close(); err != nil {
		fmt.Println(err)
	}

	err = evidence.List(dir, func(e *evidence.Entry) error {
		fmt.Println(e.N, e.Name, e.Size, e.Sources[0].Sensor, e.Sources[0].Path)
		return nil
	})
	fmt.Println(err)
	_ = os.WriteFile(filepath.Join(dir, "x"), []byte("other"), 0o600)
	report, err := evidence.Verify(ctx, dir, evidence.Expected{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range report.Findings {
		fmt.Println(f.Problem, f.Name, f.Detail)
	}
	// Output:
	// 1 x 4 11 c:\temp\x
	// <nil>
	// changed x it has 5 bytes, saved were 4
}
