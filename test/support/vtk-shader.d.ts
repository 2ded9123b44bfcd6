// vtk.js has no types of its shaders' texts.
declare module "@kitware/vtk.js/Rendering/OpenGL/glsl/vtkVolumeFS.glsl.js" {
  const text: string;
  export default text;
}
