// An independent reading of our log with the Go checksum database's own packages.
//
// Input, JSON on standard input; output, one line: "ok", or what is refused.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type input struct {
	Key        string     // verifier key
	Checkpoint string     // signed note
	Index      int64      // the leaf
	Leaf       []byte     // its 65 bytes
	Path       [][]byte   // inclusion proof
	Older      string     // an older signed note; may be empty
	Prefix     [][]byte   // consistency proof from older to checkpoint
	Tiles      []tileData // tiles to read the same leaf's proof from; may be empty
}

type tileData struct {
	Path string
	Data []byte
}

func main() {
	var in input
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		fail("input", err)
	}
	tree := open(in.Key, in.Checkpoint)
	leaf := tlog.RecordHash(in.Leaf)
	if err := tlog.CheckRecord(hashes(in.Path), tree.N, tree.Hash, in.Index, leaf); err != nil {
		fail("inclusion", err)
	}
	if in.Older != "" {
		older := open(in.Key, in.Older)
		if err := tlog.CheckTree(hashes(in.Prefix), tree.N, tree.Hash, older.N, older.Hash); err != nil {
			fail("consistency", err)
		}
	}
	if in.Tiles != nil {
		reader := tlog.TileHashReader(tree, &store{in.Tiles})
		path, err := tlog.ProveRecord(tree.N, in.Index, reader)
		if err != nil {
			fail("tiles", err)
		}
		if err := tlog.CheckRecord(path, tree.N, tree.Hash, in.Index, leaf); err != nil {
			fail("tiles", err)
		}
	}
	fmt.Println("ok")
}

func open(key, text string) tlog.Tree {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		fail("key", err)
	}
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		fail("note", err)
	}
	// tlog.ParseTree wants the origin of the Go database; the three lines are read as tlog-checkpoint has them.
	var origin, root string
	var size int64
	if _, err := fmt.Sscanf(opened.Text, "%s\n%d\n%s\n", &origin, &size, &root); err != nil {
		fail("checkpoint", err)
	}
	hash, err := tlog.ParseHash(root)
	if err != nil {
		fail("checkpoint", err)
	}
	return tlog.Tree{N: size, Hash: hash}
}

func hashes(list [][]byte) []tlog.Hash {
	out := make([]tlog.Hash, len(list))
	for i, data := range list {
		if len(data) != tlog.HashSize {
			fail("hash", fmt.Errorf("%d bytes", len(data)))
		}
		copy(out[i][:], data)
	}
	return out
}

// store answers from the given tiles. tlog-tiles drops the height that Go writes into a path ("tile/8/0/…").
type store struct{ tiles []tileData }

func (s *store) Height() int { return 8 }

func (s *store) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, tile := range wanted {
		path := "tile/" + tile.Path()[len("tile/8/"):]
		found := false
		for _, have := range s.tiles {
			if have.Path == path {
				out, found = append(out, have.Data), true
			}
		}
		if !found {
			return nil, fmt.Errorf("no tile at %s", path)
		}
	}
	return out, nil
}

func (s *store) SaveTiles([]tlog.Tile, [][]byte) {}

func fail(what string, err error) {
	fmt.Printf("%s: %v\n", what, err)
	os.Exit(1)
}
